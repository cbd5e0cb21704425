using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

/// <summary>
/// Runs workflow code over a history as an SDK does: single-threaded, ids counted from 0, a new action where the history has none.
/// </summary>
internal sealed class Replay
{
    private readonly Dictionary<int, TaskCompletionSource<string?>> _waiting = [];
    private readonly Dictionary<string, Queue<TaskCompletionSource<string?>>> _eventWaiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<string?>> _unread = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<int, WorkflowAction> _actions = [];
    private int _nextId;
    private Task<string?>? _run;
    private HistoryEvent? _terminated;
    private string? _continueWith;
    private bool _continues;

    public string InstanceId { get; private init; } = string.Empty;

    public string? Input { get; private set; }

    public string? CustomStatus { get; set; }

    public DateTimeOffset Now { get; private set; }

    /// <summary>The answer to a turn.</summary>
    public static WorkflowResponse Run(WorkflowRequest request, Workflows workflows)
    {
        var replay = new Replay { InstanceId = request.InstanceId };
        foreach (var e in request.PastEvents.Concat(request.NewEvents))
        {
            replay.Apply(e, workflows);
        }
        return replay.Answer();
    }

    public Task<string?> CallAsync(string activity, string? input = null) =>
        Ask(id => new WorkflowAction
        {
            Id = id,
            ScheduleTask = new ScheduleTaskAction { Name = activity, Input = input, TaskExecutionId = $"{InstanceId}-{id}" },
        });

    public Task SleepAsync(TimeSpan time) =>
        Ask(id => new WorkflowAction
        {
            Id = id,
            CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTimeOffset(Now + time), CreateTimer = new TimerOriginCreateTimer() },
        });

    public Task<string?> ChildAsync(string name, string? input = null, string? id = null) =>
        Ask(n => new WorkflowAction
        {
            Id = n,
            CreateChildWorkflow = new CreateChildWorkflowAction { InstanceId = id ?? string.Empty, Name = name, Input = input },
        });

    public void Send(string instanceId, string name, string? data)
    {
        var id = _nextId++;
        _actions[id] = new WorkflowAction
        {
            Id = id,
            SendEvent = new SendEventAction { Instance = new WorkflowInstance { InstanceId = instanceId }, Name = name, Data = data },
        };
    }

    public Task<string?> EventAsync(string name)
    {
        if (_unread.TryGetValue(name, out var unread) && unread.TryDequeue(out var value))
        {
            return Task.FromResult(value);
        }
        var waiting = new TaskCompletionSource<string?>();
        if (!_eventWaiters.TryGetValue(name, out var waiters))
        {
            _eventWaiters.Add(name, waiters = new());
        }
        waiters.Enqueue(waiting);
        return waiting.Task;
    }

    /// <summary>An event, or null after a time-out.</summary>
    public async Task<string?> EventAsync(string name, TimeSpan timeout)
    {
        var raised = EventAsync(name);
        if (raised.IsCompleted)
        {
            return await raised;
        }
        var timer = Ask(id => new WorkflowAction
        {
            Id = id,
            CreateTimer = new CreateTimerAction
            {
                FireAt = Timestamp.FromDateTimeOffset(Now + timeout),
                ExternalEvent = new TimerOriginExternalEvent { Name = name },
            },
        });
        return await await Task.WhenAny(raised, timer);
    }

    public string? ContinueAsNew(string? input)
    {
        (_continues, _continueWith) = (true, input);
        return null;
    }

    private Task<string?> Ask(Func<int, WorkflowAction> action)
    {
        var id = _nextId++;
        _actions[id] = action(id);
        // Continuations run inline, so that after each event the code has come as far as it can.
        var waiting = new TaskCompletionSource<string?>();
        _waiting[id] = waiting;
        return waiting.Task;
    }

    private void Apply(HistoryEvent e, Workflows workflows)
    {
        switch (e.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.WorkflowStarted:
                Now = e.Timestamp.ToDateTimeOffset();
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionStarted:
                Input = e.ExecutionStarted.Input;
                _run = workflows.Start(e.ExecutionStarted.Name, this);
                break;
            case HistoryEvent.EventTypeOneofCase.TaskScheduled:
            case HistoryEvent.EventTypeOneofCase.TimerCreated:
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated:
            case HistoryEvent.EventTypeOneofCase.EventSent:
                _actions.Remove(e.EventId);
                break;
            case HistoryEvent.EventTypeOneofCase.TaskCompleted:
                Resolve(e.TaskCompleted.TaskScheduledId, e.TaskCompleted.Result);
                break;
            case HistoryEvent.EventTypeOneofCase.TaskFailed:
                Fail(e.TaskFailed.TaskScheduledId, e.TaskFailed.FailureDetails);
                break;
            case HistoryEvent.EventTypeOneofCase.TimerFired:
                Resolve(e.TimerFired.TimerId, null);
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted:
                Resolve(e.ChildWorkflowInstanceCompleted.TaskScheduledId, e.ChildWorkflowInstanceCompleted.Result);
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed:
                Fail(e.ChildWorkflowInstanceFailed.TaskScheduledId, e.ChildWorkflowInstanceFailed.FailureDetails);
                break;
            case HistoryEvent.EventTypeOneofCase.EventRaised:
                Raise(e.EventRaised);
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionTerminated:
                _terminated = e;
                break;
        }
    }

    private void Raise(EventRaisedEvent raised)
    {
        if (_eventWaiters.TryGetValue(raised.Name, out var waiters) && waiters.TryDequeue(out var waiting))
        {
            waiting.SetResult(raised.Input);
            return;
        }
        if (!_unread.TryGetValue(raised.Name, out var unread))
        {
            _unread.Add(raised.Name, unread = new());
        }
        unread.Enqueue(raised.Input);
    }

    private void Resolve(int id, string? result)
    {
        if (_waiting.Remove(id, out var waiting))
        {
            waiting.SetResult(result);
        }
    }

    private void Fail(int id, TaskFailureDetails details)
    {
        if (_waiting.Remove(id, out var waiting))
        {
            waiting.SetException(new InvalidOperationException($"{details?.ErrorType}: {details?.ErrorMessage}"));
        }
    }

    private WorkflowResponse Answer()
    {
        var response = new WorkflowResponse { InstanceId = InstanceId, CustomStatus = CustomStatus };
        if (_terminated is not null)
        {
            response.Actions.Add(Complete(OrchestrationStatus.Terminated, null, null));
            return response;
        }
        response.Actions.AddRange(_actions.Values);
        if (_run is { IsCompletedSuccessfully: true } run)
        {
            response.Actions.Add(_continues ? ContinueAsNewAction() : Complete(OrchestrationStatus.Completed, run.Result, null));
        }
        else if (_run is { IsFaulted: true } failed)
        {
            var details = new TaskFailureDetails { ErrorType = "Failed", ErrorMessage = failed.Exception.InnerException!.Message };
            response.Actions.Add(Complete(OrchestrationStatus.Failed, null, details));
        }
        return response;
    }

    private WorkflowAction ContinueAsNewAction()
    {
        var action = Complete(OrchestrationStatus.ContinuedAsNew, _continueWith, null);
        foreach (var (name, values) in _unread)
        {
            action.CompleteWorkflow.CarryoverEvents.AddRange(values.Select(value => new HistoryEvent
            {
                EventId = -1,
                Timestamp = Timestamp.FromDateTimeOffset(Now),
                EventRaised = new EventRaisedEvent { Name = name, Input = value },
            }));
        }
        return action;
    }

    private WorkflowAction Complete(OrchestrationStatus status, string? result, TaskFailureDetails? failure) => new()
    {
        Id = _nextId,
        CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = status, Result = result, FailureDetails = failure },
    };
}

/// <summary>The code of a worker.</summary>
internal sealed class Workflows
{
    private readonly Dictionary<string, Func<Replay, Task<string?>>> _workflows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<ActivityRequest, Task<string?>>> _activities = new(StringComparer.Ordinal);

    public Workflows Add(string name, Func<Replay, Task<string?>> code)
    {
        _workflows.Add(name, code);
        return this;
    }

    public Workflows AddActivity(string name, Func<string?, string?> code) => AddActivity(name, request => Task.FromResult(code(request.Input)));

    public Workflows AddActivity(string name, Func<ActivityRequest, Task<string?>> code)
    {
        _activities.Add(name, code);
        return this;
    }

    public Task<string?> Start(string name, Replay replay) => _workflows[name](replay);

    public async Task<ActivityResponse> RunAsync(ActivityRequest request)
    {
        var response = new ActivityResponse { InstanceId = request.WorkflowInstance.InstanceId, TaskId = request.TaskId };
        try
        {
            response.Result = await _activities[request.Name](request);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            response.FailureDetails = new TaskFailureDetails { ErrorType = e.GetType().Name, ErrorMessage = e.Message };
        }
        return response;
    }

    /// <summary>The input as a number.</summary>
    public static int Number(string? text) => int.Parse(text!, CultureInfo.InvariantCulture);
}
