using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>
/// The history from which a copy of a finished instance goes on: everything before the chosen event that is settled, then whatever
/// was open there, to be done again, and the chosen event last. As daprd does it, but that timers that have fired stay fired.
/// </summary>
internal sealed class Rerun
{
    private readonly Dictionary<int, HistoryEvent> _tasks = [];
    private readonly Dictionary<int, HistoryEvent> _timers = [];
    private readonly Dictionary<int, HistoryEvent> _children = [];

    /// <summary>Splits an instance's history.</summary>
    /// <param name="source">The finished instance.</param>
    /// <param name="request">Which event, and what is to change about it.</param>
    /// <param name="newId">The copy's instance id.</param>
    /// <exception cref="WorkflowException">There is no such event, or it cannot be run again like this.</exception>
    public Rerun(InstanceState source, RerunWorkflowFromEventRequest request, string newId)
    {
        var chosenId = unchecked((int)request.EventID);
        var chosen = source.History.Find(e => e.EventId == chosenId)
            ?? throw new WorkflowException(WorkflowError.NotFound, $"does not have history event with ID '{chosenId}'");
        foreach (var e in source.History.TakeWhile(e => !ReferenceEquals(e, chosen)))
        {
            Settle(e);
        }
        foreach (var open in _tasks.Values.Concat(_timers.Values).Concat(_children.Values).OrderBy(static e => e.EventId))
        {
            Again.Add(open.Clone());
        }
        Again.ForEach(e => Rename(e, newId));
        Again.Add(Choose(chosen.Clone(), source.Id, request, newId));
    }

    /// <summary>What is settled.</summary>
    public List<HistoryEvent> Settled { get; } = [];

    /// <summary>What is to be done again: events of scheduled activities, created timers and children.</summary>
    public List<HistoryEvent> Again { get; } = [];

    private void Settle(HistoryEvent e)
    {
        switch (e.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.TaskScheduled:
                _tasks[e.EventId] = e;
                break;
            case HistoryEvent.EventTypeOneofCase.TimerCreated:
                _timers[e.EventId] = e;
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated:
                _children[e.EventId] = e;
                break;
            case HistoryEvent.EventTypeOneofCase.TaskCompleted:
                Settle(_tasks, e.TaskCompleted.TaskScheduledId, e);
                break;
            case HistoryEvent.EventTypeOneofCase.TaskFailed:
                Settle(_tasks, e.TaskFailed.TaskScheduledId, e);
                break;
            case HistoryEvent.EventTypeOneofCase.TimerFired:
                Settle(_timers, e.TimerFired.TimerId, e);
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted:
                Settle(_children, e.ChildWorkflowInstanceCompleted.TaskScheduledId, e);
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed:
                Settle(_children, e.ChildWorkflowInstanceFailed.TaskScheduledId, e);
                break;
            default:
                Settled.Add(e);
                break;
        }
    }

    private void Settle(Dictionary<int, HistoryEvent> open, int id, HistoryEvent e)
    {
        if (open.Remove(id, out var asked))
        {
            Settled.Add(asked);
        }
        Settled.Add(e);
    }

    private static void Rename(HistoryEvent e, string newId)
    {
        if (e.ChildWorkflowInstanceCreated is { } child)
        {
            child.InstanceId = Children.IdOf(newId, e.EventId);
        }
    }

    private static HistoryEvent Choose(HistoryEvent e, string sourceId, RerunWorkflowFromEventRequest request, string newId)
    {
        var rerun = new RerunParentInstanceInfo { InstanceID = sourceId };
        switch (e.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.TaskScheduled:
                RefuseChildId(request, "activity", e.EventId);
                e.TaskScheduled.RerunParentInstanceInfo = rerun;
                e.TaskScheduled.Input = request.OverwriteInput ? request.Input : e.TaskScheduled.Input;
                return e;
            case HistoryEvent.EventTypeOneofCase.TimerCreated:
                if (request.OverwriteInput)
                {
                    throw new WorkflowException(WorkflowError.InvalidArgument, $"cannot write input to timer event '{e.EventId}'");
                }
                RefuseChildId(request, "timer", e.EventId);
                e.TimerCreated.RerunParentInstanceInfo = rerun;
                return e;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated:
                var child = e.ChildWorkflowInstanceCreated;
                child.RerunParentInstanceInfo = rerun;
                child.InstanceId = request.HasNewChildWorkflowInstanceID ? request.NewChildWorkflowInstanceID : Children.IdOf(newId, e.EventId);
                child.Input = request.OverwriteInput ? request.Input : child.Input;
                return e;
            default:
                throw new WorkflowException(
                    WorkflowError.NotFound,
                    $"target event '*protos.HistoryEvent_{e.EventTypeCase}' with ID '{e.EventId}' is not an event that can be rerun");
        }
    }

    private static void RefuseChildId(RerunWorkflowFromEventRequest request, string kind, int eventId)
    {
        if (request.HasNewChildWorkflowInstanceID)
        {
            throw new WorkflowException(
                WorkflowError.InvalidArgument, $"cannot set new child workflow instance ID on {kind} event '{eventId}'");
        }
    }
}
