using System.Text.Json;
using Dapr.Workflow;
using Dapr.Workflow.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Simulation.Saga;

/// <summary>
/// One turn of a workflow: the code runs from its beginning against the whole history, as Dapr's workers run it. Whatever it asks for is
/// compared with what it asked for in earlier turns, so that every turn of every test checks that the code is deterministic.
/// </summary>
internal sealed class ReplayContext : WorkflowContext
{
    private readonly WorkflowInstance instance;
    private readonly Dictionary<int, TaskCompletionSource<WorkflowEvent>> open = [];
    private readonly List<(string Name, TaskCompletionSource<EventRaised> Waiter)> waiters = [];
    private readonly List<EventRaised> unread = [];
    private DateTime now;
    private int nextId;

    private ReplayContext(WorkflowInstance instance)
    {
        this.instance = instance;
        now = instance.StartedAt;
    }

    public override string Name => instance.Workflow;

    public override string InstanceId => instance.InstanceId;

    public override DateTime CurrentUtcDateTime => now;

    public override bool IsReplaying => nextId < instance.Actions.Count;

    /// <summary>Runs a turn. New actions are added to the instance; it ends where the code ends.</summary>
    public static void RunTurn(WorkflowInstance instance, IWorkflow workflow)
    {
        // Continuations run at once, where an event completes what they wait for: that order is part of what is deterministic.
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var context = new ReplayContext(instance);
            var input = JsonSerializer.Deserialize(instance.Input, workflow.InputType, JsonSerializerOptions.Web);
            var run = workflow.RunAsync(context, input);
            foreach (var happened in instance.Events.ToList())
            {
                context.Apply(happened);
            }

            if (context.nextId < instance.Actions.Count)
            {
                throw new NotDeterministicException(
                    $"{instance.InstanceId}: a replay asked for {context.nextId} actions, the history has {instance.Actions.Count}.");
            }

            if (run.IsCompletedSuccessfully)
            {
                instance.Output = JsonSerializer.Serialize(run.Result, JsonSerializerOptions.Web);
            }
            else if (run.IsFaulted)
            {
                instance.Failure = run.Exception!.InnerException!.ToString();
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public override async Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null) =>
        options?.RetryPolicy is { } policy
            ? (await new RetryInterceptor<T>(this, policy, () => CallOnceAsync<T>(name, input)).Invoke())!
            : await CallOnceAsync<T>(name, input);

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => Ask(new TimerAction(nextId++, fireAt));

    public override async Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default)
    {
        var waiter = new TaskCompletionSource<EventRaised>();
        if (unread.Find(e => e.Name == eventName) is { } early)
        {
            unread.Remove(early);
            waiter.SetResult(early);
        }
        else
        {
            waiters.Add((eventName, waiter));
        }

        return JsonSerializer.Deserialize<T>((await waiter.Task).Payload, JsonSerializerOptions.Web)!;
    }

    public override bool IsPatched(string patchName) => throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

    public override Task<TResult> CallChildWorkflowAsync<TResult>(
        string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) =>
        throw new NotSupportedException();

    public override ILogger CreateReplaySafeLogger(string categoryName) => NullLogger.Instance;

    public override ILogger CreateReplaySafeLogger(Type type) => NullLogger.Instance;

    public override ILogger CreateReplaySafeLogger<T>() => NullLogger.Instance;

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    public override PropagatedHistory? GetPropagatedHistory() => null;

    private async Task<T> CallOnceAsync<T>(string name, object? input) =>
        await Ask(new ActivityAction(nextId++, name, JsonSerializer.Serialize(input, JsonSerializerOptions.Web))) switch
        {
            ActivityCompleted completed => JsonSerializer.Deserialize<T>(completed.Result, JsonSerializerOptions.Web)!,
            ActivityFailed failed => throw new WorkflowTaskFailedException(
                $"Task '{name}' failed.", new WorkflowTaskFailureDetails(failed.ErrorType, failed.ErrorMessage)),
            var other => throw new InvalidOperationException($"{other} answers an activity."),
        };

    private Task<WorkflowEvent> Ask(WorkflowAction action)
    {
        if (action.Id < instance.Actions.Count)
        {
            if (instance.Actions[action.Id] != action)
            {
                throw new NotDeterministicException($"{InstanceId}: asked for {action}, the history says {instance.Actions[action.Id]}.");
            }
        }
        else
        {
            instance.Actions.Add(action);
        }

        open[action.Id] = new TaskCompletionSource<WorkflowEvent>();
        return open[action.Id].Task;
    }

    private void Apply(WorkflowEvent happened)
    {
        now = happened.At;
        switch (happened)
        {
            case EventRaised raised when waiters.FindIndex(w => w.Name == raised.Name) is >= 0 and var i:
                var waiter = waiters[i].Waiter;
                waiters.RemoveAt(i);
                waiter.SetResult(raised);
                break;
            case EventRaised raised:
                unread.Add(raised);
                break;
            case ActivityCompleted or ActivityFailed or TimerFired:
                var id = happened switch { ActivityCompleted c => c.Id, ActivityFailed f => f.Id, _ => ((TimerFired)happened).Id };
                open[id].SetResult(happened);
                break;
            default:
                throw new InvalidOperationException($"{happened} is unknown.");
        }
    }
}
