using Sidecar.Workflows;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

/// <summary>A connected worker that runs <see cref="Workflows"/> until it is disposed, as if it were killed then.</summary>
internal sealed class TestWorker : IDisposable
{
    private readonly WorkflowEngine _engine;
    private readonly Workflows _workflows;
    private readonly IWorkerSession _session;
    private volatile bool _isDead;
    private int _turns;
    private int _activities;

    public TestWorker(WorkflowEngine engine, Workflows workflows)
    {
        _engine = engine;
        _workflows = workflows;
        _session = engine.Connect();
        _ = Task.Run(RunAsync);
    }

    public int Turns => _turns;

    public int Activities => _activities;

    public void Dispose()
    {
        _isDead = true;
        _session.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_isDead && await _session.WaitAsync(CancellationToken.None))
        {
            while (!_isDead && _session.TryTake(out var item))
            {
                _ = AnswerAsync(item);
            }
        }
    }

    private async Task AnswerAsync(WorkItem item)
    {
        try
        {
            if (item.WorkflowRequest is { } turn)
            {
                Interlocked.Increment(ref _turns);
                var answer = Replay.Run(turn, _workflows);
                if (!_isDead)
                {
                    await _engine.CompleteTurnAsync(answer, CancellationToken.None);
                }
                return;
            }
            Interlocked.Increment(ref _activities);
            var result = await _workflows.RunAsync(item.ActivityRequest);
            if (!_isDead)
            {
                await _engine.CompleteActivityAsync(result, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            // The engine has stopped under it.
        }
    }
}

/// <summary>A connected worker whose every step is the test's.</summary>
internal sealed class ManualWorker(WorkflowEngine engine) : IDisposable
{
    private readonly IWorkerSession _session = engine.Connect();

    public async Task<WorkItem> NextAsync()
    {
        WorkItem? item;
        while (!_session.TryTake(out item))
        {
            (await _session.WaitAsync(CancellationToken.None).AsTask().WaitAsync(EngineFile.Deadline, TimeProvider.System)).ShouldBeTrue();
        }
        return item;
    }

    public async Task<WorkflowRequest> NextTurnAsync() => (await NextAsync()).WorkflowRequest.ShouldNotBeNull();

    public async Task<ActivityRequest> NextActivityAsync() => (await NextAsync()).ActivityRequest.ShouldNotBeNull();

    /// <summary>True if there is nothing to do, and will not be for a moment.</summary>
    public bool HasNothing() => !_session.TryTake(out _);

    public Task AnswerAsync(string id, params WorkflowAction[] actions)
    {
        var response = new WorkflowResponse { InstanceId = id };
        response.Actions.AddRange(actions);
        return engine.CompleteTurnAsync(response, CancellationToken.None);
    }

    /// <summary>Answers a turn as .NET workers do, which give its token back.</summary>
    public Task AnswerAsync(WorkItem item, Workflows code)
    {
        var response = Replay.Run(item.WorkflowRequest, code);
        response.CompletionToken = item.CompletionToken;
        return AnswerAsync(response);
    }

    /// <summary>The same for an activity.</summary>
    public Task AnswerAsync(WorkItem item, string? result) => engine.CompleteActivityAsync(
        new ActivityResponse
        {
            InstanceId = item.ActivityRequest.WorkflowInstance.InstanceId,
            TaskId = item.ActivityRequest.TaskId,
            Result = result,
            CompletionToken = item.CompletionToken,
        },
        CancellationToken.None);

    public Task AnswerAsync(WorkflowResponse response) => engine.CompleteTurnAsync(response, CancellationToken.None);

    public Task AnswerAsync(ActivityRequest request, string? result) => engine.CompleteActivityAsync(
        new ActivityResponse { InstanceId = request.WorkflowInstance.InstanceId, TaskId = request.TaskId, Result = result }, CancellationToken.None);

    public static WorkflowAction Schedule(int id, string name, string? input = null) =>
        new() { Id = id, ScheduleTask = new ScheduleTaskAction { Name = name, Input = input } };

    public static WorkflowAction Complete(string? result = null, OrchestrationStatus status = OrchestrationStatus.Completed) =>
        new() { CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = status, Result = result } };

    public void Dispose() => _session.Dispose();
}
