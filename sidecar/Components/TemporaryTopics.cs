using System.Collections.Concurrent;

namespace Sidecar.Components;

/// <summary>A broker that can delete topics, with what belongs to them there.</summary>
public interface IDeletesTopics
{
    /// <summary>Deletes topics and their consumer groups' queues, where they exist.</summary>
    /// <param name="topics">Topic names.</param>
    /// <param name="consumers">Who subscribed to which of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task DeleteAsync(IReadOnlyCollection<string> topics, IReadOnlyCollection<ConsumerOptions> consumers, CancellationToken cancellationToken);
}

/// <summary>
/// A broker on which one run has topics of its own: a prefix stands before their names, and they are deleted at the end. A server that is shared by
/// runs keeps them apart that way: what an earlier run has left is not delivered to a system that has never heard of it, and nothing of anybody
/// else is touched. A queue that a subscription names itself (<c>queueName</c> of RabbitMQ) gets the prefix, too: the shared one would be deleted.
/// </summary>
public sealed partial class TemporaryTopics(IPubSub broker, string prefix, ILoggerFactory loggers) : IPubSub
{
    private const string QueueName = "queueName";

    private static readonly TimeSpan DeleteLimit = TimeSpan.FromSeconds(5);

    private readonly ILogger<TemporaryTopics> _logger = loggers.CreateLogger<TemporaryTopics>();
    private readonly ConcurrentDictionary<string, bool> _topics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Group, string Topic), ConsumerOptions> _consumers = new();

    /// <inheritdoc/>
    public Task PublishAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken) => broker.PublishAsync(
        [.. messages.Select(m => m with { Topic = NameOf(m.Topic) })], cancellationToken);

    /// <inheritdoc/>
    public Task<IAsyncDisposable> SubscribeAsync(ConsumerOptions options, MessageHandler handler, CancellationToken cancellationToken)
    {
        var own = options with { Topic = NameOf(options.Topic), Metadata = MetadataOf(options.Metadata) };
        _consumers[(own.Group, own.Topic)] = own;
        return broker.SubscribeAsync(own, handler, cancellationToken);
    }

    /// <summary>Deletes the topics, then closes the broker.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (broker is IDeletesTopics deleting && !_topics.IsEmpty)
            {
                using var limit = new CancellationTokenSource(DeleteLimit);
                await deleting.DeleteAsync([.. _topics.Keys], [.. _consumers.Values], limit.Token);
            }
        }
        // The edge: a broker that is away keeps them. That costs its memory, and nothing else.
        catch (Exception exception)
        {
            LogNotDeleted(exception, prefix);
        }
        await broker.DisposeAsync();
    }

    private Dictionary<string, string> MetadataOf(IReadOnlyDictionary<string, string> metadata) => metadata.ToDictionary(
        static pair => pair.Key,
        pair => pair.Key.Equals(QueueName, StringComparison.OrdinalIgnoreCase) && pair.Value.Length > 0 ? prefix + pair.Value : pair.Value,
        StringComparer.Ordinal);

    private string NameOf(string topic)
    {
        var name = prefix + topic;
        _topics.TryAdd(name, true);
        return name;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the topics {Prefix}* could not be deleted; the broker keeps them")]
    private partial void LogNotDeleted(Exception exception, string prefix);
}
