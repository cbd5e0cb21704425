using Sidecar.Components.Dispatch;
using Sidecar.Components.Settings;
using Sidecar.PubSub.Envelopes;
using Sidecar.Resources;

namespace Sidecar.Components.PubSubInMemory;

/// <summary>
/// <c>pubsub.in-memory</c>: every group that is subscribed gets every message published from then on, one at a
/// time; all is lost with the process, as in Dapr's.
/// </summary>
public sealed class InMemoryPubSub(TimeProvider time, ILoggerFactory loggers) : IPubSub
{
    private readonly ILogger<InMemoryPubSub> _logger = loggers.CreateLogger<InMemoryPubSub>();
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Topic, string Group), GroupDispatcher> _groups = [];
    private long _lastId;

    /// <summary>See <see cref="ComponentFactory{T}"/>.</summary>
    public static Task<IPubSub> CreateAsync(
        Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var settings = new PubSubSettings(component);
        settings.AllowOnly("concurrency");
        settings.Concurrency();
        return Task.FromResult<IPubSub>(new InMemoryPubSub(context.Time, context.Loggers));
    }

    /// <summary>Completes at once.</summary>
    /// <exception cref="InvalidOperationException">A group has too many messages waiting; nothing was
    /// published.</exception>
    public Task PublishAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var topic in messages.Select(static m => m.Topic).Distinct(StringComparer.Ordinal))
            {
                if (_groups.FirstOrDefault(g => g.Key.Topic == topic && !g.Value.HasRoom) is { Value: not null } full)
                {
                    throw new InvalidOperationException(
                        $"group {full.Key.Group} has too many waiting messages in {topic}; its app is slow or away");
                }
            }
            foreach (var message in messages)
            {
                var delivered = new DeliveredMessage(++_lastId, message.Topic, message.Data, message.Metadata)
                {
                    ExpiresAt = TimeToLive.Read(message.Metadata) is { } ttl ? time.GetUtcNow() + ttl : null,
                    Subject = EventSubject.Read(message.Data.Span),
                };
                foreach (var (key, group) in _groups)
                {
                    if (key.Topic == message.Topic)
                    {
                        group.Add([delivered]);
                    }
                }
            }
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IAsyncDisposable> SubscribeAsync(
        ConsumerOptions options, MessageHandler handler, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_groups.TryGetValue((options.Topic, options.Group), out var group))
            {
                group = new GroupDispatcher(time, _logger, static _ => { }, static () => { });
                _groups.Add((options.Topic, options.Group), group);
            }
            return Task.FromResult<IAsyncDisposable>(group.Attach(options with { MaxBatch = 1 }, handler));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
