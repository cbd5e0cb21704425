using System.Collections.Concurrent;
using Consistency.Auditing;
using Contracts.Ordering;

namespace Cli.Demo;

/// <summary>
/// What the client knows: what it was told is accepted, how orders must end, and what it saw go wrong itself.
/// </summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, string> acceptedPattern = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> mustEnd = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<(string Pattern, double Milliseconds)> accepts = [];
    private readonly ConcurrentQueue<Violation> violations = [];
    private int refusedAtTheDoor;
    private int readBack;
    private int unknown;

    /// <summary>Ids of the orders that were accepted.</summary>
    public IReadOnlyCollection<string> Accepted => [.. acceptedPattern.Keys];

    /// <summary>The same, with the pattern that each was placed with.</summary>
    public IReadOnlyDictionary<string, string> PatternByOrder => acceptedPattern;

    /// <summary>Orders that the gateway refused with a 4xx, as the scenario wants it.</summary>
    public int RefusedAtTheDoor => refusedAtTheDoor;

    /// <summary>Orders that were read right after they were placed, with the token of the placing.</summary>
    public int OrdersReadBack => readBack;

    /// <summary>True where a request's outcome stayed unknown although it was repeated.</summary>
    public bool HasUnknown => unknown > 0;

    public IReadOnlyDictionary<string, string> MustEnd => mustEnd;

    public IReadOnlyCollection<Violation> Violations => violations;

    public void AcceptedOrder(PlannedOrder planned, string orderId, double milliseconds)
    {
        acceptedPattern[orderId] = planned.Order.Pattern!;
        accepts.Add((planned.Order.Pattern!, milliseconds));
        if (planned.MustEnd is { } status)
        {
            mustEnd[orderId] = status;
        }
    }

    public void CancelAcknowledged(string orderId) => mustEnd[orderId] = OrderStatuses.Cancelled;

    public void ReadBack() => Interlocked.Increment(ref readBack);

    public void Refused() => Interlocked.Increment(ref refusedAtTheDoor);

    public void UnknownOutcome(string rule, string subject, string detail)
    {
        Interlocked.Increment(ref unknown);
        Violated(rule, subject, detail);
    }

    public void Violated(string rule, string subject, string detail) =>
        violations.Enqueue(new Violation(rule, subject, detail));

    public int PlacedBy(string pattern) => acceptedPattern.Values.Count(p => p == pattern);

    public IEnumerable<double> AcceptMilliseconds(string pattern) =>
        accepts.Where(a => a.Pattern == pattern).Select(a => a.Milliseconds);
}
