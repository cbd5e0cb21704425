using Sidecar.Components.Redis;
using Sidecar.Components.Settings;
using Sidecar.Resources;

namespace Sidecar.Components.PubSubRedis;

/// <summary>
/// <c>pubsub.redis</c>: streams and consumer groups, with the keys, fields and names that Dapr uses, so that this and a real daprd can share
/// a server, and even a consumer group. A publish completes when the server has it; what that is worth is for the server's persistence to say
/// (appendonly, appendfsync). Unlike in Dapr, a message that is being worked on is renewed at the server, so that nobody else gets it while this
/// process lives, and a bulk publish is stored as a whole or not at all.
/// </summary>
public sealed class RedisPubSub : IPubSub, IDeletesTopics
{
    private readonly RedisClient _client;
    private readonly StreamOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisPubSub> _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Topic, string Group), StreamGroup> _groups = [];
    private readonly CancellationTokenSource _closing = new();

    private RedisPubSub(RedisClient client, StreamOptions options, ComponentContext context)
    {
        (_client, _options, _time) = (client, options, context.Time);
        _logger = context.Loggers.CreateLogger<RedisPubSub>();
    }

    /// <summary>See <see cref="ComponentFactory{T}"/>.</summary>
    public static async Task<IPubSub> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var metadata = new RedisMetadata(component);
        var options = StreamOptions.Read(component, metadata, new PubSubSettings(component));
        return new RedisPubSub(await RedisStart.OpenAsync(metadata, metadata.Read(), context, cancellationToken), options, context);
    }

    /// <summary>
    /// Completes when the server has answered. It fails within <see cref="RedisLimits.ConnectWait"/> where there is no connection, and within the
    /// read timeout where there is no answer; then it is not known whether the messages were stored.
    /// </summary>
    /// <exception cref="RedisException">The messages were not stored, or that is not known.</exception>
    public async Task PublishAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = _time.GetUtcNow();
        if (messages.Count == 1)
        {
            await _client.ExecuteAsync(StreamEntry.Add(messages[0], _options, now));
        }
        else if (messages.Count > 0)
        {
            var replies = await _client.ExecuteAllAsync([["MULTI"], .. messages.Select(m => StreamEntry.Add(m, _options, now)), ["EXEC"]]);
            foreach (var reply in replies)
            {
                reply.OrThrow();
            }
            foreach (var added in replies[^1].Array)
            {
                added.OrThrow();
            }
        }
    }

    /// <summary>Deletes the streams; their consumer groups go with them.</summary>
    public async Task DeleteAsync(
        IReadOnlyCollection<string> topics, IReadOnlyCollection<ConsumerOptions> consumers, CancellationToken cancellationToken) =>
        (await _client.ExecuteAsync(["DEL", .. topics.Select(static t => (RedisArgument)t)]).WaitAsync(cancellationToken)).OrThrow();

    /// <inheritdoc/>
    public Task<IAsyncDisposable> SubscribeAsync(ConsumerOptions options, MessageHandler handler, CancellationToken cancellationToken)
    {
        var name = _options.GroupOf(options.Group);
        StreamGroup? group;
        lock (_lock)
        {
            if (!_groups.TryGetValue((options.Topic, name), out group))
            {
                group = new StreamGroup(_client, _options, options.Topic, name, _time, _logger, _closing.Token);
                _groups.Add((options.Topic, name), group);
            }
        }
        // In Dapr `concurrency` is the number of messages under way, and so the most that a bulk delivery can hold.
        var batch = Math.Min(options.MaxBatch, options.Concurrency);
        return group.AttachAsync(options with { MaxBatch = batch, Concurrency = Math.Max(1, options.Concurrency / batch) }, handler);
    }

    /// <summary>Tells the server what is done, and closes the connections. Dispose subscriptions first.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] told;
        lock (_lock)
        {
            told = [.. _groups.Values.Select(static group => group.Acknowledged)];
        }
        await Task.WhenAny(Task.WhenAll(told), Task.Delay(StreamLimits.StopWait, _time));
        await _closing.CancelAsync();
        await Task.WhenAll(told);
        await _client.DisposeAsync();
        _closing.Dispose();
    }
}
