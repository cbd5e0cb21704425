namespace Sidecar.Components;

/// <summary>A message as the broker keeps it: the serialized CloudEvent (or the raw bytes of a raw payload).</summary>
/// <param name="Topic">Topic name.</param>
/// <param name="Data">What the subscriber's side will get, byte for byte.</param>
/// <param name="Metadata">Broker metadata such as <c>ttlInSeconds</c>; empty where none.</param>
public sealed record NewMessage(string Topic, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A message handed to a consumer group.</summary>
/// <param name="Id">The broker's own id, rising with the order of publishing within the topic.</param>
/// <param name="Topic">Topic name.</param>
/// <param name="Data">The bytes that were published.</param>
/// <param name="Metadata">The metadata that was published.</param>
public sealed record DeliveredMessage(long Id, string Topic, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);

/// <summary>What a consumer group asks of the broker.</summary>
/// <param name="Group">Consumer group: the app id, so that all instances of an app share the work.</param>
/// <param name="Topic">Topic name.</param>
/// <param name="MaxBatch">Most messages handed over in one call; 1 for single delivery.</param>
/// <param name="Concurrency">Most calls under way at once.</param>
public sealed record ConsumerOptions(string Group, string Topic, int MaxBatch, int Concurrency);

/// <summary>
/// Handles a batch and says per message whether it is done with (true: acknowledge; false: give it again).
/// An exception counts as false for the whole batch.
/// </summary>
public delegate Task<IReadOnlyList<bool>> MessageHandler(IReadOnlyList<DeliveredMessage> batch, CancellationToken cancellationToken);

/// <summary>A broker. Durable ones promise: what <see cref="PublishAsync"/> accepted is delivered at least once to every group.</summary>
public interface IPubSub : IAsyncDisposable
{
    /// <summary>Completes when all messages are stored (as one transaction), so that they survive a kill of this process.</summary>
    Task PublishAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken);

    /// <summary>Starts delivering to <paramref name="handler"/>; disposing the result stops, after calls under way have ended.</summary>
    Task<IAsyncDisposable> SubscribeAsync(ConsumerOptions options, MessageHandler handler, CancellationToken cancellationToken);
}
