namespace Consistency.DeadLetters;

/// <summary>A message that cannot be handled, or not now, as it came.</summary>
/// <param name="MessageId">CloudEvents id.</param>
/// <param name="Topic">The topic it was meant for.</param>
/// <param name="Type">CloudEvents type; empty where it cannot be read.</param>
/// <param name="Subject">Aggregate id; empty where it cannot be read.</param>
/// <param name="Version">Version of the aggregate; 0 where it cannot be read.</param>
/// <param name="Envelope">The whole CloudEvent as JSON.</param>
/// <param name="Traceparent">Trace in which it was sent.</param>
/// <param name="IsOurs">True for a type that this consumer handles: then later messages of its aggregate wait for it.</param>
public sealed record DeadLetter(
    string MessageId, string Topic, string Type, string Subject, long Version, string Envelope, string? Traceparent, bool IsOurs)
{
    /// <summary>True where later messages of the aggregate wait for it. Of what names no aggregate nobody knows which those are.</summary>
    public bool Holds => IsOurs && Subject.Length > 0;
}

/// <summary>
/// A message that no later attempt can handle: malformed, of an unknown version, against the schema. It is a dead letter at once.
/// </summary>
public sealed class PoisonException(string message, Exception? inner = null) : Exception(message, inner);
