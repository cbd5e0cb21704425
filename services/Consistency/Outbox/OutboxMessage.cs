namespace Consistency.Outbox;

/// <summary>A message on its way out.</summary>
/// <param name="Sequence">Position in commit order.</param>
/// <param name="Id">CloudEvents id; the same on every attempt, so that consumers recognize a repetition.</param>
/// <param name="Topic">Topic.</param>
/// <param name="Type">CloudEvents type.</param>
/// <param name="Subject">Aggregate id.</param>
/// <param name="Version">Aggregate version.</param>
/// <param name="Data">The event as UTF-8 JSON.</param>
/// <param name="Traceparent">W3C trace context of the work that caused it, or null.</param>
/// <param name="CreatedAt">When it was committed.</param>
public sealed record OutboxMessage(
    long Sequence, string Id, string Topic, string Type, string Subject, long Version, byte[] Data, string? Traceparent, DateTimeOffset CreatedAt);

/// <summary>The way to the broker. Implemented over Dapr, and by the tests' simulated broker.</summary>
public interface IMessagePublisher
{
    /// <summary>
    /// Publishes messages of one topic. Completes when the broker has them all; throws where it is unknown or false for any,
    /// and all are then published again with the same ids.
    /// </summary>
    Task PublishAsync(string topic, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);
}

/// <summary>The way to the workflow engine.</summary>
public interface IWorkflowSender
{
    /// <summary>
    /// Sends one message. Completes when the engine has taken it, or when there is nothing left to tell it; throws where that is unknown
    /// or false, and the message is then sent again.
    /// </summary>
    Task SendAsync(OutboxMessage message, CancellationToken cancellationToken);
}
