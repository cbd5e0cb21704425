using System.Diagnostics.Metrics;
using Consistency.Replication;

namespace Consistency.Telemetry;

/// <summary>
/// What the services count about their own consistency. A counter costs nanoseconds, and nothing where nobody listens. What rests on a
/// transaction is counted after its commit (<see cref="Storage.UnitOfWork{TDb}.AfterCommit"/>): what was taken back was never counted, and what a
/// process committed just before it was killed may be missing. Each process counts for itself, from 0: sums over instances are the whole.
/// </summary>
public sealed class ConsistencyMeter
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Consistency";

    // From what events take in a quiet system to twice the objective of 300 s, which has a bound of its own.
    private static readonly double[] ConvergenceBounds =
        [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300, 600];

    private readonly Histogram<double> convergence;
    private readonly Counter<long> duplicates;
    private readonly Counter<long> published;
    private readonly Counter<long> processed;
    private readonly Counter<long> conflicts;
    private readonly Counter<long> workflows;
    private readonly Counter<long> repairs;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Keeps the meters of one app apart from those of others in the same process, as in tests.</param>
    public ConsistencyMeter(IMeterFactory meters)
    {
        Meter = meters.Create(Name);
        convergence = Meter.CreateHistogram(
            "consistency.convergence.duration",
            "s",
            "From the accepted order to its decision, once per order.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = ConvergenceBounds });
        duplicates = Meter.CreateCounter<long>(
            "consistency.inbox.duplicates", "{message}", "Repeated messages that were acknowledged without effect.");
        published = Meter.CreateCounter<long>("consistency.messages.published", "{message}", "Messages that the broker took, repetitions included.");
        processed = Meter.CreateCounter<long>("consistency.messages.processed", "{message}", "What became of each delivered message.");
        conflicts = Meter.CreateCounter<long>("consistency.conflicts", "{conflict}", "Concurrent writes that this replica met.");
        workflows = Meter.CreateCounter<long>("consistency.workflows", "{workflow}", "What orders' workflows have brought about.");
        repairs = Meter.CreateCounter<long>("consistency.repairs", "{record}", "Records that were found to differ, and were healed.");
    }

    /// <summary>The meter, for instruments that are observed.</summary>
    internal Meter Meter { get; }

    /// <summary>
    /// These will be counted: told as 0 from now on. Of a series that begins with its first event no increase would be seen at that event.
    /// </summary>
    /// <param name="topic">A subscribed topic.</param>
    public void ExpectMessages(string topic)
    {
        foreach (var outcome in MessageOutcomes.All)
        {
            processed.Add(0, new("topic", topic), new("outcome", outcome));
        }

        duplicates.Add(0, new KeyValuePair<string, object?>("topic", topic));
    }

    /// <inheritdoc cref="ExpectMessages"/>
    public void ExpectWorkflows()
    {
        foreach (var outcome in WorkflowOutcomes.All)
        {
            workflows.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    /// <inheritdoc cref="ExpectMessages"/>
    public void ExpectConflicts()
    {
        foreach (var policy in PolicyNames.All)
        {
            conflicts.Add(0, new KeyValuePair<string, object?>("policy", policy));
        }
    }

    /// <inheritdoc cref="ExpectMessages"/>
    /// <param name="kind">Kind of record.</param>
    public void ExpectRepairs(string kind) => repairs.Add(0, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>An order is decided.</summary>
    /// <param name="pattern">Its pattern.</param>
    /// <param name="outcome"><c>confirmed</c> or <c>cancelled</c>.</param>
    /// <param name="duration">Since it was accepted; clocks that were set back make it 0, not less.</param>
    public void Converged(string pattern, string outcome, TimeSpan duration) =>
        convergence.Record(Math.Max(0, duration.TotalSeconds), new("pattern", pattern), new("outcome", outcome));

    /// <summary>The broker has taken messages.</summary>
    public void Published(string topic, int count) => published.Add(count, new KeyValuePair<string, object?>("topic", topic));

    /// <summary>Something has become of a delivered message.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="outcome">One of <see cref="MessageOutcomes"/>.</param>
    public void Processed(string topic, string outcome)
    {
        processed.Add(1, new("topic", topic), new("outcome", outcome));
        if (outcome == MessageOutcomes.Duplicate)
        {
            duplicates.Add(1, new KeyValuePair<string, object?>("topic", topic));
        }
    }

    /// <summary>This replica met concurrent writes of a field.</summary>
    /// <param name="policy">One of <see cref="Replication.PolicyNames"/>.</param>
    public void ConflictMet(string policy) => conflicts.Add(1, new KeyValuePair<string, object?>("policy", policy));

    /// <summary>A workflow has brought something about.</summary>
    /// <param name="outcome">One of <see cref="WorkflowOutcomes"/>.</param>
    public void WorkflowEnded(string outcome) => workflows.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A record was found to differ, and was healed.</summary>
    /// <param name="kind">Kind of record.</param>
    public void Repaired(string kind) => repairs.Add(1, new KeyValuePair<string, object?>("kind", kind));
}
