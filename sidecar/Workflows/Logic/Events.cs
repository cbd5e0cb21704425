using Google.Protobuf.WellKnownTypes;
using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>Makes history events as Dapr 1.18 does: -1 as id for everything that comes from outside a turn.</summary>
internal static class Events
{
    /// <summary>Id of events that no action made.</summary>
    public const int Outside = -1;

    // The end of the year 9999.
    private const long LastSecond = 253_402_300_799;

    /// <summary>Error type that a parent sees for a child whose id is taken.</summary>
    public const string AlreadyExistsType = "WorkflowInstanceAlreadyExists";

    /// <summary>An event with this id and time, its kind still to be set.</summary>
    public static HistoryEvent At(DateTimeOffset now, int id = Outside, TaskRouter? router = null) =>
        new() { EventId = id, Timestamp = Timestamp.FromDateTimeOffset(now), Router = router };

    /// <summary>A turn begins.</summary>
    public static HistoryEvent Started(DateTimeOffset now, TaskRouter? router = null)
    {
        var e = At(now, router: router);
        e.WorkflowStarted = new WorkflowStartedEvent();
        return e;
    }

    /// <summary>An external event.</summary>
    public static HistoryEvent Raised(DateTimeOffset now, string name, string? input)
    {
        var e = At(now);
        e.EventRaised = new EventRaisedEvent { Name = name, Input = input };
        return e;
    }

    /// <summary>An order to end.</summary>
    public static HistoryEvent Terminated(DateTimeOffset now, string? input, bool recurse)
    {
        var e = At(now);
        e.ExecutionTerminated = new ExecutionTerminatedEvent { Input = input, Recurse = recurse };
        return e;
    }

    /// <summary>An order to hold; an empty reason is none.</summary>
    public static HistoryEvent Suspended(DateTimeOffset now, string? reason)
    {
        var e = At(now);
        e.ExecutionSuspended = new ExecutionSuspendedEvent { Input = string.IsNullOrEmpty(reason) ? null : reason };
        return e;
    }

    /// <summary>An order to go on; an empty reason is none.</summary>
    public static HistoryEvent Resumed(DateTimeOffset now, string? reason)
    {
        var e = At(now);
        e.ExecutionResumed = new ExecutionResumedEvent { Input = string.IsNullOrEmpty(reason) ? null : reason };
        return e;
    }

    /// <summary>A timer is due.</summary>
    public static HistoryEvent Fired(DateTimeOffset now, HistoryEvent created)
    {
        var e = At(now);
        e.TimerFired = new TimerFiredEvent { TimerId = created.EventId, FireAt = created.TimerCreated.FireAt };
        return e;
    }

    /// <summary>An activity has answered.</summary>
    public static HistoryEvent ActivityDone(DateTimeOffset now, HistoryEvent scheduled, ActivityResponse response, string appId)
    {
        var e = At(now, router: scheduled.Router?.Clone() ?? new TaskRouter { SourceAppID = appId });
        if (response.FailureDetails is { } failure)
        {
            e.TaskFailed = new TaskFailedEvent
            {
                TaskScheduledId = scheduled.EventId,
                FailureDetails = failure,
                TaskExecutionId = scheduled.TaskScheduled.TaskExecutionId,
            };
        }
        else
        {
            e.TaskCompleted = new TaskCompletedEvent
            {
                TaskScheduledId = scheduled.EventId,
                Result = response.Result,
                TaskExecutionId = scheduled.TaskScheduled.TaskExecutionId,
            };
        }
        return e;
    }

    /// <summary>A child could not be started, or an activity not be given to anybody.</summary>
    public static HistoryEvent Failed(DateTimeOffset now, int taskId, bool isChild, string type, string message)
    {
        var e = At(now);
        var details = new TaskFailureDetails { ErrorType = type, ErrorMessage = message };
        if (isChild)
        {
            e.ChildWorkflowInstanceFailed = new ChildWorkflowInstanceFailedEvent { TaskScheduledId = taskId, FailureDetails = details };
        }
        else
        {
            e.TaskFailed = new TaskFailedEvent { TaskScheduledId = taskId, FailureDetails = details };
        }
        return e;
    }

    /// <summary>An instance cannot go on.</summary>
    public static HistoryEvent Stalled(DateTimeOffset now, StalledReason reason, string description)
    {
        var e = At(now);
        e.ExecutionStalled = new ExecutionStalledEvent { Reason = reason, Description = description };
        return e;
    }

    /// <summary>
    /// When a timer is due, in milliseconds since 1970. A missing time is long past, as in daprd; one outside the years that the
    /// protocol allows counts as its nearest.
    /// </summary>
    public static long DueMs(Timestamp? at) =>
        at is null ? 0 : (Math.Clamp(at.Seconds, 0, LastSecond) * 1_000) + (Math.Clamp(at.Nanos, 0, 999_999_999) / 1_000_000);
}
