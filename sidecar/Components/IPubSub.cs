namespace Sidecar.Components;

/// <summary>
/// A message as the broker keeps it: the serialized CloudEvent (or the raw bytes of a raw payload).
/// </summary>
/// <param name="Topic">Topic name.</param>
/// <param name="Data">What the subscriber's side will get, byte for byte. The broker keeps the memory: it must not
/// change any more.</param>
/// <param name="Metadata">Broker metadata such as <c>ttlInSeconds</c>; empty where none.</param>
public sealed record NewMessage(string Topic, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A message handed to a consumer group.</summary>
/// <param name="Id">The broker's own id, rising with the order of publishing within the topic.</param>
/// <param name="Topic">Topic name.</param>
/// <param name="Data">The bytes that were published.</param>
/// <param name="Metadata">The metadata that was published.</param>
public sealed record DeliveredMessage(
    long Id, string Topic, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>When the message stops being worth delivering (its <c>ttlInSeconds</c>); null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>
    /// The CloudEvent's <c>subject</c>, within which the broker keeps the order; null where there is none.
    /// </summary>
    public string? Subject { get; init; }

    /// <summary>
    /// What the broker needs to acknowledge the message, where <see cref="Id"/> is not its own name for it: a stream entry's id, a delivery
    /// tag with its channel. Only the broker's own component reads it.
    /// </summary>
    public object? Receipt { get; init; }
}

/// <summary>What a consumer group asks of the broker.</summary>
/// <param name="Group">Consumer group: the app id, so that all instances of an app share the work.</param>
/// <param name="Topic">Topic name.</param>
/// <param name="MaxBatch">Most messages handed over in one call; 1 for single delivery.</param>
/// <param name="Concurrency">Most calls under way at once.</param>
public sealed record ConsumerOptions(string Group, string Topic, int MaxBatch, int Concurrency)
{
    /// <summary>The subscription's own metadata, such as <c>routingKey</c>; empty where none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>
/// Messages handed over together, in the order in which they were published. Each must be settled once, in any
/// order. A handler may return before it has settled all of them: the call then no longer counts as under way, but
/// the broker still holds back later messages with the same subject, and counts the message as not acknowledged.
/// </summary>
public interface IMessageBatch
{
    /// <summary>The messages; at least one.</summary>
    IReadOnlyList<DeliveredMessage> Messages { get; }

    /// <summary>
    /// Says that one message is done with (acknowledges it), or (false) that it is to be given again. Later calls
    /// for it do nothing.
    /// </summary>
    void Settle(int index, bool done);

    /// <summary>
    /// Says that the app has failed one message for good and that there is no dead-letter topic for it: what becomes of it is the broker's own
    /// rule, which for most is to acknowledge it. Later calls for it do nothing.
    /// </summary>
    void GiveUp(int index) => Settle(index, done: true);

    /// <summary>
    /// Lets later messages with the same subject overtake this one before it is settled; for fault injection.
    /// </summary>
    void LetPass(int index);
}

/// <summary>
/// Handles a batch. Its return ends the call, not the responsibility for what it has not settled; where it throws,
/// all that it has not settled is given again.
/// </summary>
public delegate Task MessageHandler(IMessageBatch batch, CancellationToken cancellationToken);

/// <summary>
/// A broker. Durable ones promise: what <see cref="PublishAsync"/> accepted is delivered at least once to every
/// group.
/// </summary>
public interface IPubSub : IAsyncDisposable
{
    /// <summary>
    /// Completes when all messages are stored (as one transaction), so that they survive a kill of this process.
    /// </summary>
    Task PublishAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Starts delivering to <paramref name="handler"/>. Disposing the result cancels the handler's token and
    /// completes when every call has ended and every message handed over is settled.
    /// </summary>
    Task<IAsyncDisposable> SubscribeAsync(
        ConsumerOptions options, MessageHandler handler, CancellationToken cancellationToken);
}
