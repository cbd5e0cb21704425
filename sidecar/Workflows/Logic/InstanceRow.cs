using Google.Protobuf.WellKnownTypes;
using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>What is stored of an instance beside its history: enough to answer a client and to know whether there is work.</summary>
internal sealed record InstanceRow
{
    /// <summary>The stored instance's number.</summary>
    public required long Key { get; init; }

    /// <summary>Instance id.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the workflow.</summary>
    public required string Name { get; init; }

    /// <summary>Status as clients see it.</summary>
    public required OrchestrationStatus Status { get; init; }

    /// <summary>When it was started; for a new generation, when that began.</summary>
    public required Timestamp Created { get; init; }

    /// <summary>Time of its first event; null while it is pending.</summary>
    public Timestamp? Started { get; init; }

    /// <summary>Time of its last event; null while it is pending.</summary>
    public Timestamp? Updated { get; init; }

    /// <summary>What the worker's last answer set.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>How it ended; null while it has not.</summary>
    public HistoryEvent? Completed { get; init; }

    /// <summary>Task ids of its activities without an answer; null where there are none.</summary>
    public int[]? Open { get; init; }

    /// <summary>
    /// When the engine must look at it after a restart, in milliseconds since 1970: 0 for at once, null where only a timer, an event
    /// or a child can wake it.
    /// </summary>
    public long? WakeMs { get; init; }

    /// <summary>When it ended, in milliseconds since 1970; null while it has not.</summary>
    public long? EndedMs => Completed is { } completed ? Events.DueMs(completed.Timestamp) : null;

    /// <summary>True once it has ended.</summary>
    public bool IsFinished => Completed is not null;

    /// <summary>The row of an instance as it is now.</summary>
    public static InstanceRow Of(InstanceState state)
    {
        var isPending = state.History.Count == 0;
        return new InstanceRow
        {
            Key = state.Key,
            Id = state.Id,
            Name = state.Start.ExecutionStarted.Name,
            Status = state.Status,
            Created = state.Start.Timestamp,
            Started = isPending ? state.HasContinued ? state.Start.Timestamp : null : state.History[0].Timestamp,
            Updated = isPending ? state.HasContinued ? state.Start.Timestamp : null : state.History[^1].Timestamp,
            CustomStatus = state.CustomStatus,
            Completed = state.Completed,
            Open = state.OpenActivities.Count == 0 ? null : [.. state.OpenActivities.Keys],
            WakeMs = Wake(state),
        };
    }

    private static long? Wake(InstanceState state)
    {
        if (state.Status == OrchestrationStatus.Pending)
        {
            return Events.DueMs(state.Start.ExecutionStarted.ScheduledStartTimestamp);
        }
        var hasTurn = !state.IsFinished && (state.History.Count == 0 || state.Stalled is not null || state.NeedsTurn);
        return hasTurn || state.OpenActivities.Count > 0 ? 0 : null;
    }
}
