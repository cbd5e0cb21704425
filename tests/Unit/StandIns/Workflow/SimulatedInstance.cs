using Dapr.Common.Serialization;
using Dapr.Workflow;
using Google.Protobuf.WellKnownTypes;
using Wire.Workflow;

namespace Tests.Unit.StandIns.Workflow;

/// <summary>
/// One instance at a sidecar: its history, and a clock. Each turn gets the whole history, and its actions become part of it, as daprd
/// does it. Serialized messages go both ways, so that no turn can keep anything but the history.
/// </summary>
internal sealed class SimulatedInstance(string id, string workflow, object? input, Action<WorkflowRuntimeOptions> register)
{
    private readonly List<HistoryEvent> history = [];
    private readonly JsonDaprSerializer serializer = new();
    private DateTime now = new(2026, 11, 21, 9, 0, 0, DateTimeKind.Utc);
    private Action<WorkflowRuntimeOptions> code = register;

    /// <summary>The instance's clock.</summary>
    public DateTime Now => now;

    /// <summary>What the instance asked for so far, by number.</summary>
    public Dictionary<int, WorkflowAction> Asked { get; } = [];

    /// <summary>How it ended; null while it runs.</summary>
    public CompleteWorkflowAction? Ended { get; private set; }

    /// <summary>Its custom status, as the last turn set it.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>What the last turn's worker logged.</summary>
    public KeptLog Log { get; private set; } = new();

    public string? Result => Ended?.Result;

    public string? Failure => Ended?.FailureDetails?.ErrorType;

    /// <summary>From now on another version of the code runs.</summary>
    public void Deploy(Action<WorkflowRuntimeOptions> changed) => code = changed;

    public Task<WorkflowResponse> StartAsync() => TurnAsync(Start(serializer.Serialize(input)));

    public Task<WorkflowResponse> CompleteAsync(int call, object? result) => TurnAsync(Completed(call, result));

    public Task<WorkflowResponse> FailAsync(int call, string type = "System.TimeoutException", string message = "late") =>
        TurnAsync(new HistoryEvent
        {
            TaskFailed = new() { TaskScheduledId = call, FailureDetails = new() { ErrorType = type, ErrorMessage = message } },
        });

    public Task<WorkflowResponse> ChildCompletesAsync(int call, object? result) => TurnAsync(new HistoryEvent
    {
        ChildWorkflowInstanceCompleted = new() { TaskScheduledId = call, Result = serializer.Serialize(result) },
    });

    /// <summary>Fires a timer; the clock goes to its time.</summary>
    public Task<WorkflowResponse> FireAsync(int call)
    {
        var due = Asked[call].CreateTimer.FireAt;
        now = due.ToDateTime() > now ? due.ToDateTime() : now;
        return TurnAsync(new HistoryEvent { TimerFired = new() { TimerId = call, FireAt = due } });
    }

    public Task<WorkflowResponse> RaiseAsync(string name, object? payload) => TurnAsync(Raised(name, payload));

    public Task<WorkflowResponse> SuspendAsync() => TurnAsync(new HistoryEvent { ExecutionSuspended = new() });

    public Task<WorkflowResponse> ResumeAsync() => TurnAsync(new HistoryEvent { ExecutionResumed = new() });

    public Task<WorkflowResponse> TerminateAsync() => TurnAsync(new HistoryEvent { ExecutionTerminated = new() { Recurse = true } });

    public HistoryEvent Completed(int call, object? result) =>
        new() { TaskCompleted = new() { TaskScheduledId = call, Result = serializer.Serialize(result) } };

    public HistoryEvent Raised(string name, object? payload) =>
        new() { EventRaised = new() { Name = name, Input = serializer.Serialize(payload) } };

    /// <summary>A turn with these events. Every turn has a worker of its own.</summary>
    public async Task<WorkflowResponse> TurnAsync(params HistoryEvent[] events)
    {
        now = now.AddSeconds(1);
        HistoryEvent[] added = [new() { EventId = -1, Timestamp = now.ToTimestamp(), WorkflowStarted = new() }, .. events];
        var request = new WorkflowRequest { InstanceId = id, PastEvents = { history }, NewEvents = { added } };
        await using var worker = new WorkerUnderTest(code);
        var answer = await worker.Turns.RunAsync(request.Clone(), completionToken: "token");
        answer = answer.Clone();
        answer.CompletionToken.ShouldBe("token");
        answer.InstanceId.ShouldBe(id);
        Log = worker.Log;
        CustomStatus = answer.CustomStatus;
        added[0].WorkflowStarted.Version = answer.Version is null ? null : NewPatches(answer.Version);
        history.AddRange(added);
        foreach (var action in answer.Actions)
        {
            Apply(action);
        }

        return answer;
    }

    private HistoryEvent Start(string text) => new()
    {
        EventId = -1,
        ExecutionStarted = new() { Name = workflow, Input = text, WorkflowInstance = new() { InstanceId = id } },
        Router = new() { SourceAppID = "app" },
    };

    private void Apply(WorkflowAction action)
    {
        if (action.CompleteWorkflow is not { } end)
        {
            history.Add(ActionEvents.Of(action)!);
            Asked.Add(action.Id, action);
        }
        else if (end.WorkflowStatus == OrchestrationStatus.ContinuedAsNew)
        {
            history.Clear();
            Asked.Clear();
            NextGeneration = [Start(end.Result), .. end.CarryoverEvents];
        }
        else
        {
            Ended = end;
        }
    }

    /// <summary>The first events after continue-as-new.</summary>
    public HistoryEvent[]? NextGeneration { get; private set; }

    private WorkflowVersion NewPatches(WorkflowVersion version)
    {
        string[] known = [.. history.SelectMany(past => past.WorkflowStarted?.Version?.Patches ?? [])];
        version.Patches.Take(known.Length).ShouldBe(known);
        return new WorkflowVersion { Patches = { version.Patches.Skip(known.Length) } };
    }
}
