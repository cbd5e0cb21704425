using System.Text.Json;
using System.Text.Json.Serialization;

namespace Contracts.DeadLetters;

/// <summary>A message that a service could not handle, or that waits behind one. Answer of GET /deadletters.</summary>
/// <param name="Id">Rises with arrival; names the letter within its service.</param>
/// <param name="MessageId">CloudEvents id; a hash of the envelope where it has none that can be read.</param>
/// <param name="Consumer">App id of the service that could not handle it.</param>
/// <param name="Topic">The topic it was meant for.</param>
/// <param name="Type">CloudEvents type; empty where it cannot be read.</param>
/// <param name="Subject">Aggregate id; empty where it cannot be read.</param>
/// <param name="Version">Version of the aggregate; 0 where it cannot be read.</param>
/// <param name="Status">One of <see cref="DeadLetterStatuses"/>.</param>
/// <param name="Reason">The last error: its type and message. Parked: what it waits for.</param>
/// <param name="Attempts">Failed attempts to handle it that the service itself has seen, replays included.</param>
/// <param name="Replays">How often it was replayed.</param>
/// <param name="FirstFailedAt">First attempt that failed; null where none was seen.</param>
/// <param name="LastFailedAt">Last attempt that failed.</param>
/// <param name="ReceivedAt">When it was kept.</param>
/// <param name="Traceparent">Trace in which it was sent (W3C Trace Context).</param>
/// <param name="EndedAt">When it was replayed or discarded; null while it is dead or parked.</param>
/// <param name="EndedBy">Who did that: an operator, or one of <see cref="DeadLetterEndings"/>.</param>
/// <param name="Note">Why it was discarded.</param>
public sealed record DeadLetterEntry(
    long Id, string MessageId, string Consumer, string Topic, string Type, string Subject, long Version, string Status, string Reason,
    int Attempts, int Replays, DateTimeOffset? FirstFailedAt, DateTimeOffset? LastFailedAt, DateTimeOffset ReceivedAt, string? Traceparent,
    DateTimeOffset? EndedAt, string? EndedBy, string? Note);

/// <summary>A dead letter in full. Answer of GET /deadletters/{id}.</summary>
/// <param name="Letter">What is known of it.</param>
/// <param name="ParkedBehind">Later messages of its aggregate that wait for it.</param>
/// <param name="Envelope">The whole CloudEvent, as it came.</param>
public sealed record DeadLetterDetails(DeadLetterEntry Letter, long ParkedBehind, [property: JsonConverter(typeof(AsItCame))] JsonElement Envelope);

/// <summary>Where a dead letter stands.</summary>
public static class DeadLetterStatuses
{
    /// <summary>Given up; waits for an operator.</summary>
    public const string Dead = "dead";

    /// <summary>Waits until an earlier message of its aggregate is replayed or discarded.</summary>
    public const string Parked = "parked";

    /// <summary>Handled after all.</summary>
    public const string Replayed = "replayed";

    /// <summary>An operator decided that it is not to be handled.</summary>
    public const string Discarded = "discarded";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Dead, Parked, Replayed, Discarded];
}

/// <summary>How a letter may end without an operator.</summary>
public static class DeadLetterEndings
{
    /// <summary>It was parked, and its turn came.</summary>
    public const string Turn = "its turn";

    /// <summary>The broker delivered it once more, and then it could be handled.</summary>
    public const string Delivery = "a later delivery";
}
