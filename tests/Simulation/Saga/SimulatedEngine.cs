using System.Text.Json;
using Dapr.Workflow;
using Microsoft.Extensions.Time.Testing;
using Orders.Orchestrating;

namespace Tests.Simulation.Saga;

/// <summary>Carries an activity out; throws <see cref="WorkerDiedException"/> where the worker dies over it.</summary>
internal delegate Task<string> ActivityRunner(WorkflowInstance instance, ActivityAction activity);

/// <summary>The worker died: nobody answers, and the activity is given out again.</summary>
public sealed class WorkerDiedException : Exception;

/// <summary>
/// A workflow engine without surprises but Dapr's own: a running instance is left alone, a finished one is silently run again, activities
/// are given out at least once, results for an ended instance are dropped.
/// </summary>
internal sealed class SimulatedEngine(FakeTimeProvider time) : IWorkflowEngine
{
    // The relay calls for several orders at once; what runs in between is one thread's.
    private readonly Lock gate = new();
    private readonly List<WorkflowInstance> instances = [];
    private readonly Queue<(WorkflowInstance Instance, ActivityAction Activity)> ready = [];
    private readonly List<(WorkflowInstance Instance, TimerAction Timer)> timers = [];

    public ActivityRunner Activities { get; set; } = (_, _) => throw new InvalidOperationException("There is no worker.");

    /// <summary>True while the engine takes nothing.</summary>
    public bool IsAway { get; set; }

    public int Starts { get; private set; }

    public IReadOnlyList<WorkflowInstance> Instances => instances;

    public WorkflowInstance Last(string instanceId) => instances.Last(i => i.InstanceId == instanceId);

    public Task StartAsync(string workflow, string instanceId, object input, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ThrowIfAway();
            if (instances.Any(i => i.InstanceId == instanceId && !i.HasEnded))
            {
                return Task.CompletedTask;
            }

            Starts++;
            var instance = new WorkflowInstance(workflow, instanceId, JsonSerializer.Serialize(input, JsonSerializerOptions.Web), Now());
            instances.Add(instance);
            Turn(instance);
            return Task.CompletedTask;
        }
    }

    public Task<bool> RaiseAsync(string instanceId, string eventName, object payload, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ThrowIfAway();
            var instance = instances.LastOrDefault(i => i.InstanceId == instanceId);
            if (instance is null or { Failure: not null })
            {
                return Task.FromResult(false);
            }

            Happen(instance, new EventRaised(Now(), eventName, JsonSerializer.Serialize(payload, JsonSerializerOptions.Web)));
            return Task.FromResult(true);
        }
    }

    public Task<bool> IsGoneAsync(string instanceId, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        return Task.FromResult(instances.LastOrDefault(i => i.InstanceId == instanceId) is null or { Failure: not null });
    }

    /// <summary>An operator ends an instance by force.</summary>
    public void Terminate(string instanceId) => Last(instanceId).Failure = "terminated";

    /// <summary>The engine's state is lost: it knows of no instance, and what workers answer goes nowhere.</summary>
    public void Forget()
    {
        instances.ForEach(i => i.Failure = "forgotten");
        instances.Clear();
    }

    /// <summary>Runs activities, and timers where there are none, until nothing is left to do.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            if (ready.TryDequeue(out var next))
            {
                await RunActivityAsync(next.Instance, next.Activity);
            }
            else if (timers.Where(t => !t.Instance.HasEnded).OrderBy(t => t.Timer.FireAt).Take(1).ToList() is [var due])
            {
                var timer = due.Timer;
                timers.Remove(due);
                if (timer.FireAt > Now())
                {
                    time.Advance(timer.FireAt - Now());
                }

                Happen(due.Instance, new TimerFired(Now(), timer.Id));
            }
            else
            {
                return;
            }
        }
    }

    private async Task RunActivityAsync(WorkflowInstance instance, ActivityAction activity)
    {
        try
        {
            Happen(instance, new ActivityCompleted(Now(), activity.Id, await Activities(instance, activity)));
        }
        catch (WorkerDiedException)
        {
            ready.Enqueue((instance, activity));
        }
        catch (Exception e) when (e is not NotDeterministicException)
        {
            Happen(instance, new ActivityFailed(Now(), activity.Id, e.GetType().FullName!, e.Message));
        }
    }

    private void Happen(WorkflowInstance instance, WorkflowEvent happened)
    {
        if (!instance.HasEnded)
        {
            instance.Events.Add(happened);
            Turn(instance);
        }
    }

    private void Turn(WorkflowInstance instance)
    {
        var known = instance.Actions.Count;
        IWorkflow workflow = instance.Workflow == nameof(FulfilOrder) ? new FulfilOrder() : new SettleOrder();
        ReplayContext.RunTurn(instance, workflow);
        foreach (var action in instance.Actions.Skip(known))
        {
            if (action is ActivityAction activity)
            {
                ready.Enqueue((instance, activity));
            }
            else
            {
                timers.Add((instance, (TimerAction)action));
            }
        }
    }

    private void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new IOException("the workflow engine is away");
        }
    }

    private DateTime Now() => time.GetUtcNow().UtcDateTime;
}
