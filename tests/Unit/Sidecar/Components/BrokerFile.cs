using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Components.PubSubSqlite;

namespace Tests.Unit.Sidecar.Components;

/// <summary>A broker on a real file, and what tests do with it.</summary>
internal sealed class BrokerFile : IAsyncDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    private readonly string _folder;
    private readonly List<IAsyncDisposable> _subscriptions = [];

    private BrokerFile(string folder, SqlitePubSub broker)
    {
        _folder = folder;
        Broker = broker;
    }

    public SqlitePubSub Broker { get; }

    public string Path => System.IO.Path.Combine(_folder, "broker.db");

    public static Task<BrokerFile> CreateAsync(long maxMessagesPerTopic = 1_000_000, ILoggerFactory? loggers = null) =>
        OpenAsync(Directory.CreateTempSubdirectory("broker-").FullName, maxMessagesPerTopic, loggers);

    /// <summary>
    /// What a new process finds after this one was killed at this moment: the files as they are, with nothing closed or flushed.
    /// </summary>
    public Task<BrokerFile> AfterKillAsync(long maxMessagesPerTopic = 1_000_000)
    {
        var folder = Directory.CreateTempSubdirectory("broker-").FullName;
        foreach (var file in Directory.GetFiles(_folder, "broker.db*").Where(
            f => !f.EndsWith("-shm", StringComparison.Ordinal) && !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            File.Copy(file, System.IO.Path.Combine(folder, System.IO.Path.GetFileName(file)));
        }
        return OpenAsync(folder, maxMessagesPerTopic);
    }

    public Task PublishAsync(string topic, params string[] texts) =>
        Broker.PublishAsync([.. texts.Select(t => new NewMessage(topic, Encoding.UTF8.GetBytes(t), NoMetadata))], CancellationToken.None);

    /// <summary>Publishes CloudEvents <c>{"data":n,"subject":s}</c>.</summary>
    public Task PublishEventsAsync(string topic, params (string Subject, int Number)[] events) =>
        PublishAsync(topic, [.. events.Select(e => $$"""{"data":{{e.Number}},"subject":"{{e.Subject}}"}""")]);

    /// <summary>Subscribes with a handler that says per message whether it is done.</summary>
    public Task<IAsyncDisposable> SubscribeAsync(
        string group, string topic, Func<DeliveredMessage, Task<bool>> handler, int maxBatch = 1, int concurrency = 1) =>
        SubscribeAsync(group, topic, async (batch, _) =>
        {
            for (var i = 0; i < batch.Messages.Count; i++)
            {
                batch.Settle(i, await handler(batch.Messages[i]));
            }
        }, maxBatch, concurrency);

    public async Task<IAsyncDisposable> SubscribeAsync(string group, string topic, MessageHandler handler, int maxBatch = 1, int concurrency = 1)
    {
        var subscription = await Broker.SubscribeAsync(new ConsumerOptions(group, topic, maxBatch, concurrency), handler, CancellationToken.None);
        _subscriptions.Add(subscription);
        return subscription;
    }

    /// <summary>Subscribes and keeps every message's text, acknowledging all.</summary>
    public async Task<ConcurrentQueue<string>> CollectAsync(string group, string topic, int maxBatch = 1, int concurrency = 1)
    {
        var texts = new ConcurrentQueue<string>();
        await SubscribeAsync(group, topic, message =>
        {
            texts.Enqueue(Text(message));
            return Task.FromResult(true);
        }, maxBatch, concurrency);
        return texts;
    }

    public static string Text(DeliveredMessage message) => Encoding.UTF8.GetString(message.Data.Span);

    public async ValueTask DisposeAsync()
    {
        foreach (var subscription in _subscriptions)
        {
            await subscription.DisposeAsync();
        }
        await Broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<BrokerFile> OpenAsync(string folder, long maxMessagesPerTopic, ILoggerFactory? loggers = null) => new(
        folder,
        await SqlitePubSub.OpenAsync(System.IO.Path.Combine(folder, "broker.db"), maxMessagesPerTopic, TimeProvider.System, loggers ?? NullLoggerFactory.Instance));
}
