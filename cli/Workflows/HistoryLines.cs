using Google.Protobuf.WellKnownTypes;
using Wire.Workflow;

namespace Cli.Workflows;

/// <summary>A line of a workflow's history.</summary>
/// <param name="At">When, after the first event.</param>
/// <param name="What">What happened, for people.</param>
/// <param name="Payload">Input, result or reason; empty for none.</param>
internal sealed record HistoryLine(TimeSpan At, string What, string Payload);

/// <summary>
/// Puts a history into words. Results are told with the name and the duration of what they answer, which their events do
/// not carry: they only point to the event that scheduled it.
/// </summary>
internal static class HistoryLines
{
    public static IReadOnlyList<HistoryLine> Of(IReadOnlyList<HistoryEvent> history)
    {
        var lines = new List<HistoryLine>();
        var scheduled = new Dictionary<int, (string What, DateTime At)>();
        if (history.Count == 0)
        {
            return lines;
        }

        var start = history.Min(e => e.Timestamp.ToDateTime());
        foreach (var e in history)
        {
            var at = e.Timestamp.ToDateTime();
            if (NameOf(e) is { } name)
            {
                scheduled[e.EventId] = (name, at);
            }

            if (Describe(e, id => Took(scheduled, id, at)) is var (what, payload))
            {
                lines.Add(new HistoryLine(at - start, what, payload));
            }
        }

        return lines;
    }

    // What later events may point to.
    private static string? NameOf(HistoryEvent e) => e.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.TaskScheduled => e.TaskScheduled.Name,
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated => $"child {e.ChildWorkflowInstanceCreated.Name}",
        HistoryEvent.EventTypeOneofCase.TimerCreated => TimerName(e.TimerCreated),
        _ => null,
    };

    private static (string What, string Payload)? Describe(HistoryEvent e, Func<int, string> took) => e.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.ExecutionStarted => ($"{e.ExecutionStarted.Name} started", e.ExecutionStarted.Input ?? ""),
        HistoryEvent.EventTypeOneofCase.TaskScheduled => ($"{e.TaskScheduled.Name} called", e.TaskScheduled.Input ?? ""),
        HistoryEvent.EventTypeOneofCase.TaskCompleted => ($"{took(e.TaskCompleted.TaskScheduledId)}: done", e.TaskCompleted.Result ?? ""),
        HistoryEvent.EventTypeOneofCase.TaskFailed => ($"{took(e.TaskFailed.TaskScheduledId)}: FAILED", Text(e.TaskFailed.FailureDetails)),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated =>
            ($"child {e.ChildWorkflowInstanceCreated.Name} started as {e.ChildWorkflowInstanceCreated.InstanceId}",
                e.ChildWorkflowInstanceCreated.Input ?? ""),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted =>
            ($"{took(e.ChildWorkflowInstanceCompleted.TaskScheduledId)}: done", e.ChildWorkflowInstanceCompleted.Result ?? ""),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed =>
            ($"{took(e.ChildWorkflowInstanceFailed.TaskScheduledId)}: FAILED", Text(e.ChildWorkflowInstanceFailed.FailureDetails)),
        HistoryEvent.EventTypeOneofCase.TimerCreated => ($"{TimerName(e.TimerCreated)} set", $"until {Time(e.TimerCreated.FireAt)}"),
        HistoryEvent.EventTypeOneofCase.TimerFired => ($"{took(e.TimerFired.TimerId)}: fired", ""),
        HistoryEvent.EventTypeOneofCase.EventRaised => ($"event '{e.EventRaised.Name}' arrived", e.EventRaised.Input ?? ""),
        HistoryEvent.EventTypeOneofCase.EventSent => ($"event '{e.EventSent.Name}' sent to {e.EventSent.InstanceId}", e.EventSent.Input ?? ""),
        HistoryEvent.EventTypeOneofCase.ExecutionSuspended => ("suspended", e.ExecutionSuspended.Input ?? ""),
        HistoryEvent.EventTypeOneofCase.ExecutionResumed => ("resumed", e.ExecutionResumed.Input ?? ""),
        HistoryEvent.EventTypeOneofCase.ExecutionTerminated => ("terminated", e.ExecutionTerminated.Input ?? ""),
        HistoryEvent.EventTypeOneofCase.ExecutionStalled => ($"stalled: {e.ExecutionStalled.Reason}", e.ExecutionStalled.Description),
        HistoryEvent.EventTypeOneofCase.ExecutionCompleted => ($"ended {e.ExecutionCompleted.WorkflowStatus}", Result(e.ExecutionCompleted)),

        // Turns begin with every answer and say nothing to people.
        HistoryEvent.EventTypeOneofCase.WorkflowStarted or HistoryEvent.EventTypeOneofCase.WorkflowCompleted => null,
        _ => (e.EventTypeCase.ToString(), ""),
    };

    private static string Took(Dictionary<int, (string What, DateTime At)> scheduled, int id, DateTime at) =>
        scheduled.TryGetValue(id, out var call) ? $"{call.What} after {(at - call.At).TotalMilliseconds:0} ms" : $"#{id}";

    private static string TimerName(TimerCreatedEvent timer) => timer.OriginCase switch
    {
        TimerCreatedEvent.OriginOneofCase.ExternalEvent => $"time limit for event '{timer.ExternalEvent.Name}'",
        TimerCreatedEvent.OriginOneofCase.ActivityRetry or TimerCreatedEvent.OriginOneofCase.ChildWorkflowRetry => "pause before a retry",
        _ => timer.HasName ? $"timer '{timer.Name}'" : "timer",
    };

    private static string Result(ExecutionCompletedEvent completed) =>
        completed.FailureDetails is { } failure ? Text(failure) : completed.Result ?? "";

    private static string Text(TaskFailureDetails? failure) =>
        failure is null ? "" : $"{failure.ErrorType}: {failure.ErrorMessage}{(failure.IsNonRetriable ? " (not to be retried)" : "")}";

    private static string Time(Timestamp time) => $"{time.ToDateTime():HH:mm:ss.fff} UTC";
}
