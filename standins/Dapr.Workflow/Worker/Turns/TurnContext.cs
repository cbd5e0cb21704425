using Dapr.Common.Serialization;
using Dapr.Workflow.Client;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>
/// The context of one turn: what the code asks for. Its tasks end only while the turn's thread hands them an outcome, and what waits
/// for them runs then and there, so that the order is that of the history. There is no synchronization context: code may use
/// ConfigureAwait(false) or not, as with the official package.
/// </summary>
internal sealed partial class TurnContext(
    Proto.WorkflowRequest request, TurnStart start, IDaprSerializer serializer, ILoggerFactory loggers) : WorkflowContext
{
    /// <summary>The due time that means never: a wait for an event without end. Source: dotnet-sdk v1.18.5.</summary>
    private static readonly Timestamp Never = new() { Seconds = 253402300799, Nanos = 999999999 };

    private readonly DeterministicIds ids = new(request.InstanceId, request.ExecutionId);
    private readonly List<DurableCall> calls = [];
    private readonly ExternalEvents events = new();
    private object? customStatus;

    public override string Name => start.Name;

    public override string InstanceId => request.InstanceId;

    public override DateTime CurrentUtcDateTime => clock;

    public override bool IsReplaying => replaying;

    /// <summary>Events that nobody has taken.</summary>
    public IReadOnlyList<Proto.HistoryEvent> UntakenEvents => events.Untaken;

    public override bool IsPatched(string patchName) => patches.Take(patchName, replaying);

    public override Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return options?.RetryPolicy is { } policy ? RetryAsync() : CallAsync();

        Task<T> CallAsync()
        {
            var call = new ActivityCall<T>(NextId(), this, name, Keep(input), options);
            Ask(call);
            return call.Task;
        }

        async Task<T> RetryAsync()
        {
            // All waits between the attempts name the first one.
            var first = calls.Count;
            return (await new RetryInterceptor<T>(
                this,
                policy,
                CallAsync,
                delay => Timer(delay, timer => timer.ActivityRetry = new() { TaskExecutionId = TaskExecutionId(first, name) }).Task).Invoke())!;
        }
    }

    public override Task<TResult> CallChildWorkflowAsync<TResult>(
        string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(workflowName);
        return options?.RetryPolicy is { } policy ? RetryAsync() : CallAsync();

        Task<TResult> CallAsync()
        {
            CheckThread();
            var instanceId = options?.InstanceId ?? NewGuid().ToString();
            var call = new ChildCall<TResult>(NextId(), this, workflowName, instanceId, Keep(input), options);
            Ask(call);
            return call.Task;
        }

        async Task<TResult> RetryAsync()
        {
            // The official worker takes an id for the chain and another one for its first attempt; so the ids agree.
            var chain = options.InstanceId ?? NewGuid().ToString();
            return (await new RetryInterceptor<TResult>(
                this, policy, CallAsync, delay => Timer(delay, timer => timer.ChildWorkflowRetry = new() { InstanceId = chain }).Task).Invoke())!;
        }
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var timer = Timer(Timestamp.FromDateTime(fireAt), static action => action.CreateTimer = new());
        EndWith(cancellationToken, () => timer.IsOpen, timer.Cancel);
        return timer.Task;
    }

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default)
    {
        var (task, wait) = Wait<T>(eventName);
        if (wait is not null)
        {
            EndWith(cancellationToken, () => wait.IsOpen, () => wait.Cancel(cancellationToken));
        }

        return task;
    }

    public override async Task<T> WaitForExternalEventAsync<T>(string eventName, TimeSpan timeout)
    {
        if (timeout == TimeSpan.Zero)
        {
            throw new TaskCanceledException($"The wait for event '{eventName}' has no time.");
        }

        // The timer comes first also where the event is there already: the numbers must not depend on who was faster.
        var timer = Timer(
            timeout < TimeSpan.Zero ? Never : Timestamp.FromDateTime(clock.Add(timeout)),
            action => action.ExternalEvent = new() { Name = eventName });
        var (raised, wait) = Wait<T>(eventName);
        if (await Task.WhenAny(timer.Task, raised) == raised)
        {
            timer.Cancel();
        }
        else
        {
            wait?.Cancel(CancellationToken.None);
        }

        return await raised;
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        ArgumentException.ThrowIfNullOrWhiteSpace(eventName);
        Ask(new SendCall(NextId(), this, instanceId, eventName, Keep(payload)));
    }

    public override void SetCustomStatus(object? customStatus) => this.customStatus = customStatus;

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        Ask(new ContinueAsNewCall(NextId(), this, Keep(newInput), preserveUnprocessedEvents));
        continuesAsNew = true;
    }

    public override Guid NewGuid()
    {
        CheckThread();
        return ids.Next();
    }

    public override PropagatedHistory? GetPropagatedHistory() => HandedHistory.Read(request.PropagatedHistory);

    public override ILogger CreateReplaySafeLogger(string categoryName) =>
        new ReplaySafeLogger(loggers.CreateLogger(categoryName), this);

    public override ILogger CreateReplaySafeLogger(System.Type type) => new ReplaySafeLogger(loggers.CreateLogger(type), this);

    public override ILogger CreateReplaySafeLogger<T>() => new ReplaySafeLogger(loggers.CreateLogger<T>(), this);

    /// <summary>As the protocol carries it.</summary>
    public string Text(Payload payload) => payload.Text ?? Serialize(payload.Value);

    /// <summary>Ends a wait with a result, or with the error of reading it.</summary>
    public void Complete<T>(TaskCompletionSource<T> wait, string? result)
    {
        T value;
        try
        {
            value = Read<T>(result);
        }
        catch (Exception unreadable)
        {
            wait.SetException(unreadable);
            return;
        }

        wait.TrySetResult(value);
    }

    public string TaskExecutionId(int taskId, string name) => ids.TaskExecutionId(taskId, name);

    /// <summary>Names both apps where the call goes to another one.</summary>
    public Proto.TaskRouter? Router(string? targetAppId) => string.IsNullOrWhiteSpace(targetAppId) || start.AppId is null
        ? null
        : new Proto.TaskRouter { SourceAppID = start.AppId, TargetAppID = targetAppId };

    /// <summary>Null is the empty text.</summary>
    private string Serialize(object? value) => value is null ? "" : serializer.Serialize(value);

    /// <summary>
    /// Written at once, because the code may change the object after the call; but not on replay, where the history has it already.
    /// </summary>
    private Payload Keep(object? value) => replaying && !everSuspended ? new Payload(value, Text: null) : new Payload(value, Serialize(value));

    private T Read<T>(string? text) => string.IsNullOrEmpty(text) ? default! : serializer.Deserialize<T>(text)!;

    private TimerCall Timer(TimeSpan delay, Action<Proto.CreateTimerAction> origin) => Timer(Timestamp.FromDateTime(clock.Add(delay)), origin);

    private TimerCall Timer(Timestamp fireAt, Action<Proto.CreateTimerAction> origin)
    {
        var timer = new TimerCall(NextId(), fireAt, origin);
        Ask(timer);
        return timer;
    }

    private (Task<T> Task, EventWait? Wait) Wait<T>(string eventName)
    {
        CheckThread();
        if (events.Take(eventName) is { } kept)
        {
            var taken = new EventWait<T>(eventName, this);
            taken.End(kept.EventRaised);
            return (taken.Task, null);
        }

        var wait = new EventWait<T>(eventName, this);
        events.Add(wait);
        return (wait.Task, wait);
    }

    private int NextId()
    {
        CheckThread();
        return calls.Count;
    }

    private void Ask(DurableCall call)
    {
        calls.Add(call);
        if (early.Remove(call.Id, out var outcome))
        {
            End(call, outcome);
        }
    }
}
