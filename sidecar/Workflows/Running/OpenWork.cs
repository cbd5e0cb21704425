using Sidecar.Workflows.Dispatch;
using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Running;

/// <summary>
/// What workers have, or shall get, of one instance. Answers without tokens name only the instance and a task id: so while a worker still
/// holds something that its instance has no use for any more (it has continued as new, was purged), nothing of the same id is given out.
/// </summary>
internal sealed class OpenWork(string id, EngineContext context)
{
    private readonly Dictionary<int, ActivityWork> _activities = [];
    private readonly Dictionary<int, ActivityWork> _abandoned = [];
    private TurnWork? _turn;
    private TurnWork? _abandonedTurn;

    /// <summary>True while any activity is waiting, running, or may still be answered.</summary>
    public bool HasActivities => _activities.Count > 0 || _abandoned.Count > 0;

    /// <summary>True while there is anything.</summary>
    public bool HasAny => HasActivities || _turn is not null || _abandonedTurn is not null;

    /// <summary>True while a worker has a turn in hand.</summary>
    public bool IsTurnGiven => _turn is { IsGiven: true };

    /// <summary>The turn that an answer is for, which is answered by it; null where nobody waits for an answer.</summary>
    public GivenTurn? TakeTurn(string token)
    {
        if (_abandonedTurn is { } abandoned)
        {
            if (abandoned.MayBeMeantBy(token))
            {
                context.Work.Finish(abandoned);
                _abandonedTurn = null;
            }
            return null;
        }
        if (_turn is not { } turn || turn.GivenTo(token) is not { } given)
        {
            return null;
        }
        context.Work.Finish(turn);
        _turn = null;
        return given;
    }

    /// <summary>The activity that an answer is for; null where no worker has been given it since the engine started.</summary>
    public ActivityWork? Activity(int taskId, string token)
    {
        if (_abandoned.TryGetValue(taskId, out var abandoned))
        {
            if (abandoned.MayBeMeantBy(token))
            {
                context.Work.Finish(abandoned);
                _abandoned.Remove(taskId);
            }
            return null;
        }
        return _activities.TryGetValue(taskId, out var work) && work.MayBeMeantBy(token) && context.Work.WasTaken(work) ? work : null;
    }

    /// <summary>Gives out what the stored state asks for, and takes back what it does not ask for any more.</summary>
    /// <param name="state">The instance; null where there is none.</param>
    /// <param name="isTurnDue">True if a turn is to be given out.</param>
    public void Match(InstanceState? state, bool isTurnDue)
    {
        foreach (var taskId in _abandoned.Where(a => context.Work.IsDone(a.Value)).Select(static a => a.Key).ToList())
        {
            _abandoned.Remove(taskId);
        }
        if (_abandonedTurn is { } turn && context.Work.IsDone(turn))
        {
            _abandonedTurn = null;
        }
        MatchActivities(state);
        MatchTurn(state, isTurnDue);
    }

    private void MatchActivities(InstanceState? state)
    {
        var execution = state?.Start.ExecutionStarted.WorkflowInstance.ExecutionId;
        List<int>? superfluous = null;
        foreach (var (taskId, work) in _activities)
        {
            if (state is null || !state.OpenActivities.ContainsKey(taskId) || work.ExecutionId != execution)
            {
                (superfluous ??= []).Add(taskId);
            }
        }
        superfluous?.ForEach(taskId => Drop(taskId, state, execution));
        if (state is null || state.OpenActivities.Count == _activities.Count)
        {
            return;
        }
        foreach (var (taskId, scheduled) in state.OpenActivities.OrderBy(static a => a.Key))
        {
            if (!_activities.ContainsKey(taskId) && !_abandoned.ContainsKey(taskId))
            {
                var work = new ActivityWork(RequestOf(state, scheduled, execution!), execution!, context.Time) { Released = Wake };
                _activities.Add(taskId, work);
                context.Work.Add(work);
            }
        }
    }

    private void Drop(int taskId, InstanceState? state, string? execution)
    {
        _activities.Remove(taskId, out var work);
        var isAnswered = state is not null && work!.ExecutionId == execution;
        if (isAnswered)
        {
            context.Work.Finish(work!);
        }
        else if (context.Work.Abandon(work!))
        {
            _abandoned[taskId] = work!;
        }
    }

    private void MatchTurn(InstanceState? state, bool isTurnDue)
    {
        if (!isTurnDue)
        {
            if (_turn is { } turn && context.Work.Abandon(turn))
            {
                _abandonedTurn = turn;
            }
            _turn = null;
            return;
        }
        if (_abandonedTurn is not null)
        {
            return;
        }
        var isNew = _turn is null;
        _turn ??= new TurnWork(
            id, context.NewId(), context.Time,
            state is { HasContinued: true, History.Count: 0 } ? new TaskRouter { SourceAppID = context.AppId } : null)
        {
            Released = Wake,
        };
        _turn.Offer(state!.History, [.. state.Inbox.Select(static e => e.Event)], state.Incoming, PayloadSize.Refusal(state) is not null);
        if (isNew)
        {
            context.Work.Add(_turn);
        }
    }

    private ActivityRequest RequestOf(InstanceState state, HistoryEvent scheduled, string execution)
    {
        var task = scheduled.TaskScheduled;
        return new ActivityRequest
        {
            Name = task.Name,
            Version = task.Version,
            Input = task.Input,
            WorkflowInstance = new WorkflowInstance { InstanceId = id },
            TaskId = scheduled.EventId,
            ParentTraceContext = context.Tracing.OfActivity(scheduled, execution),
            TaskExecutionId = task.TaskExecutionId,
            PropagatedHistory = Propagation.OfActivity(state, scheduled, context.AppId),
        };
    }

    private void Wake() => context.Instances.Post(id, new WakeOperation());
}
