namespace Consistency.Auditing;

/// <summary>What the auditor knows besides the three databases.</summary>
/// <param name="Now">When the snapshots were taken; how long something waits is counted to here.</param>
public sealed record AuditOptions(DateTimeOffset Now)
{
    /// <summary>How long an order or a reservation may wait for the other services (design: 5 minutes).</summary>
    public TimeSpan Objective { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Ids of orders that the client was told were accepted; null where no client took part.</summary>
    public IReadOnlyCollection<string>? Acknowledged { get; init; }

    /// <summary>
    /// Ids of every order that can exist, for a client that was alone and knows the outcome of everything it sent; null
    /// where others wrote too, or where the outcome of a request stayed unknown.
    /// </summary>
    public IReadOnlySet<string>? Sent { get; init; }

    /// <summary>
    /// The status that the client knows an order must end in, for example Cancelled after an acknowledged cancellation.
    /// </summary>
    public IReadOnlyDictionary<string, string>? ExpectedStatus { get; init; }
}
