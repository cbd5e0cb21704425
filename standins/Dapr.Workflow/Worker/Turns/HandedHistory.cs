using Proto = Wire.Workflow;
using EventType = Wire.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>Reads what callers handed on of their histories.</summary>
internal static class HandedHistory
{
    /// <summary>Null where nothing was handed on.</summary>
    public static PropagatedHistory? Read(Proto.PropagatedHistory? history) =>
        history is { Chunks.Count: > 0 } ? new PropagatedHistory([.. history.Chunks.Select(Read)]) : null;

    private static PropagatedHistoryEvent Read(Proto.PropagatedHistoryChunk chunk)
    {
        Proto.HistoryEvent[] events = [.. chunk.RawEvents.Select(Proto.HistoryEvent.Parser.ParseFrom)];
        var outcomes = new Dictionary<int, Proto.HistoryEvent>();
        foreach (var next in events)
        {
            if (CallOf(next) is { } id)
            {
                outcomes[id] = next;
            }
        }

        return new PropagatedHistoryEvent(
            chunk.InstanceId,
            chunk.AppId,
            chunk.WorkflowName,
            [.. events.Where(next => next.EventTypeCase == EventType.TaskScheduled)
                .Select(call => Activity(call, outcomes.GetValueOrDefault(call.EventId)))],
            [.. events.Where(next => next.EventTypeCase == EventType.ChildWorkflowInstanceCreated)
                .Select(call => Child(call, outcomes.GetValueOrDefault(call.EventId)))]);
    }

    /// <summary>The call that an event ends.</summary>
    private static int? CallOf(Proto.HistoryEvent outcome) => outcome.EventTypeCase switch
    {
        EventType.TaskCompleted => outcome.TaskCompleted.TaskScheduledId,
        EventType.TaskFailed => outcome.TaskFailed.TaskScheduledId,
        EventType.ChildWorkflowInstanceCompleted => outcome.ChildWorkflowInstanceCompleted.TaskScheduledId,
        EventType.ChildWorkflowInstanceFailed => outcome.ChildWorkflowInstanceFailed.TaskScheduledId,
        _ => null,
    };

    private static PropagatedHistoryActivityResult Activity(Proto.HistoryEvent call, Proto.HistoryEvent? outcome) => new(
        call.TaskScheduled.Name,
        Status(outcome),
        call.TaskScheduled.Input,
        outcome?.TaskCompleted?.Result,
        Failure(outcome?.TaskFailed?.FailureDetails));

    private static PropagatedHistoryWorkflowResult Child(Proto.HistoryEvent call, Proto.HistoryEvent? outcome) => new(
        call.ChildWorkflowInstanceCreated.Name,
        Status(outcome),
        outcome?.ChildWorkflowInstanceCompleted?.Result,
        Failure(outcome?.ChildWorkflowInstanceFailed?.FailureDetails));

    private static PropagatedHistoryStatus Status(Proto.HistoryEvent? outcome) => outcome?.EventTypeCase switch
    {
        null => PropagatedHistoryStatus.Pending,
        EventType.TaskCompleted or EventType.ChildWorkflowInstanceCompleted => PropagatedHistoryStatus.Completed,
        _ => PropagatedHistoryStatus.Failed,
    };

    private static WorkflowTaskFailureDetails? Failure(Proto.TaskFailureDetails? details) =>
        details is null ? null : Failures.Read(details, "");
}
