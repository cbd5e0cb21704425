using Google.Protobuf.WellKnownTypes;
using Wire.Workflow;

namespace Tests.Contract.Workflows;

/// <summary>A turn as a workflow's code sees it: what has happened so far, and what it wants next.</summary>
internal sealed class Turn
{
    private readonly List<HistoryEvent> _events;
    private readonly HashSet<int> _asked = [];

    public Turn(WorkflowRequest request)
    {
        _events = [.. request.PastEvents, .. request.NewEvents];
        Response = new WorkflowResponse { InstanceId = request.InstanceId };
        foreach (var e in _events.Where(e => e.TaskScheduled is not null || e.TimerCreated is not null || e.ChildWorkflowInstanceCreated is not null))
        {
            _asked.Add(e.EventId);
        }
    }

    public WorkflowResponse Response { get; }

    public string Name => _events.First(e => e.ExecutionStarted is not null).ExecutionStarted.Name;

    public string Input => _events.First(e => e.ExecutionStarted is not null).ExecutionStarted.Input;

    public DateTimeOffset Now => _events.Last(e => e.WorkflowStarted is not null).Timestamp.ToDateTimeOffset();

    public bool IsSuspended =>
        _events.LastOrDefault(e => e.ExecutionSuspended is not null || e.ExecutionResumed is not null)?.ExecutionSuspended is not null;

    public ExecutionTerminatedEvent? Terminated => _events.LastOrDefault(e => e.ExecutionTerminated is not null)?.ExecutionTerminated;

    /// <summary>The answer of an activity, which is scheduled where it was not yet; null while there is none.</summary>
    public TaskFailureDetails? Failure(int id) => _events.FirstOrDefault(e => e.TaskFailed?.TaskScheduledId == id)?.TaskFailed.FailureDetails;

    public string? Activity(int id, string name, string input)
    {
        Ask(id, () => new WorkflowAction { ScheduleTask = new ScheduleTaskAction { Name = name, Input = input } });
        return _events.FirstOrDefault(e => e.TaskCompleted?.TaskScheduledId == id)?.TaskCompleted.Result;
    }

    public string? Child(int id, string name, string input)
    {
        Ask(id, () => new WorkflowAction
        {
            CreateChildWorkflow = new CreateChildWorkflowAction { InstanceId = $"{Response.InstanceId}-{id}", Name = name, Input = input },
        });
        return _events.FirstOrDefault(e => e.ChildWorkflowInstanceCompleted?.TaskScheduledId == id)?.ChildWorkflowInstanceCompleted.Result;
    }

    public bool Timer(int id, TimeSpan wait)
    {
        Ask(id, () => new WorkflowAction { CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTimeOffset(Now + wait) } });
        return _events.Exists(e => e.TimerFired?.TimerId == id);
    }

    public EventRaisedEvent? Event(string name) =>
        _events.FirstOrDefault(e => string.Equals(e.EventRaised?.Name, name, StringComparison.OrdinalIgnoreCase))?.EventRaised;

    public void Complete(OrchestrationStatus status, string? result, TaskFailureDetails? failure = null)
    {
        var complete = new CompleteWorkflowAction { WorkflowStatus = status, FailureDetails = failure };
        if (result is not null)
        {
            complete.Result = result;
        }
        Response.Actions.Add(new WorkflowAction { Id = 1_000, CompleteWorkflow = complete });
    }

    private void Ask(int id, Func<WorkflowAction> action)
    {
        if (_asked.Add(id))
        {
            var asked = action();
            asked.Id = id;
            Response.Actions.Add(asked);
        }
    }
}
