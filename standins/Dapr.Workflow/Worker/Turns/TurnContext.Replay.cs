using Proto = Wire.Workflow;
using EventType = Wire.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>The other side of the context: hands the history to the code, and sees what the code does with it.</summary>
internal sealed partial class TurnContext
{
    private readonly Patches patches = new();
    private readonly Dictionary<int, Proto.HistoryEvent> early = [];
    private readonly Queue<Proto.HistoryEvent> held = new();
    private readonly List<(CancellationToken Token, Func<bool> IsOpen)> cancellable = [];
    private int thread;
    private DateTime clock;
    private bool replaying;
    private bool suspended;
    private bool everSuspended;
    private bool continuesAsNew;
    private volatile bool strayed;

    /// <summary>
    /// Runs the code over the history: from its start to its first wait, then event by event. Everything happens on the calling thread.
    /// </summary>
    /// <param name="run">Starts the code.</param>
    /// <exception cref="NonDeterminismException">The code does not do what the history says.</exception>
    public TurnResult Run(Func<Task<object?>> run)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        thread = Environment.CurrentManagedThreadId;
        try
        {
            replaying = request.PastEvents.Count > 0;
            clock = start.Clock;
            foreach (var past in request.PastEvents)
            {
                if (past.EventTypeCase == EventType.WorkflowStarted)
                {
                    patches.Add(past.WorkflowStarted);
                }

                everSuspended |= past.EventTypeCase == EventType.ExecutionSuspended;
            }

            var running = WatchAsync(run());
            Play(request.PastEvents);
            replaying = false;
            Play(request.NewEvents);
            return Result(running);
        }
        finally
        {
            thread = 0;
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private async Task<object?> WatchAsync(Task<object?> code)
    {
        try
        {
            return await code;
        }
        finally
        {
            // Ended by another thread: the code awaited something that is not of the history.
            strayed |= Environment.CurrentManagedThreadId != thread;
        }
    }

    private TurnResult Result(Task<object?> running)
    {
        var status = customStatus is null ? null : Serialize(customStatus);
        if (suspended)
        {
            // What the code asked for before it was held is asked for again, when it goes on.
            return new TurnResult([], status, patches.Version(Name), Ended: null);
        }

        var isOver = continuesAsNew || running.IsCompleted;
        if (HasStrayed() || (!isOver && !events.IsAwaited && !calls.Exists(call => call.IsOpen)))
        {
            throw new NonDeterminismException(
                $"Workflow '{Name}', instance '{InstanceId}': the code awaits something that is no task of its WorkflowContext (such as "
                + "Task.Delay, Task.Run, CancelAsync or an HTTP call), so that nothing of the history can ever continue it. "
                + "Such work belongs into an activity.");
        }

        return new TurnResult(
            [.. calls.Where(call => call.IsNew).Select(call => call.Action())],
            status,
            patches.Version(Name),
            continuesAsNew ? null : running);
    }

    private void Play(IEnumerable<Proto.HistoryEvent> history)
    {
        foreach (var next in history)
        {
            switch (next.EventTypeCase)
            {
                case EventType.WorkflowStarted:
                    clock = next.Timestamp?.ToDateTime() ?? clock;
                    break;
                case EventType.ExecutionSuspended:
                    suspended = true;
                    break;
                case EventType.ExecutionResumed:
                    suspended = false;
                    DeliverHeld();
                    break;
                case EventType.TaskScheduled or EventType.TimerCreated or EventType.ChildWorkflowInstanceCreated or EventType.EventSent:
                    Match(next);
                    break;
                default:
                    if (suspended)
                    {
                        held.Enqueue(next);
                    }
                    else
                    {
                        Deliver(next);
                    }

                    break;
            }
        }
    }

    private void DeliverHeld()
    {
        while (held.TryDequeue(out var next))
        {
            Deliver(next);
        }
    }

    private void Deliver(Proto.HistoryEvent next)
    {
        switch (next.EventTypeCase)
        {
            case EventType.EventRaised:
                events.Raise(next);
                break;
            case EventType.TaskCompleted:
                End(next, next.TaskCompleted.TaskScheduledId);
                break;
            case EventType.TaskFailed:
                End(next, next.TaskFailed.TaskScheduledId);
                break;
            case EventType.TimerFired:
                End(next, next.TimerFired.TimerId);
                break;
            case EventType.ChildWorkflowInstanceCompleted:
                End(next, next.ChildWorkflowInstanceCompleted.TaskScheduledId);
                break;
            case EventType.ChildWorkflowInstanceFailed:
                End(next, next.ChildWorkflowInstanceFailed.TaskScheduledId);
                break;
        }
    }

    /// <summary>An outcome may stand before its call, and may come twice: the first one counts.</summary>
    private void End(Proto.HistoryEvent outcome, int id)
    {
        if (id >= calls.Count)
        {
            early.TryAdd(id, outcome);
        }
        else if (calls[id].IsOpen)
        {
            End(calls[id], outcome);
        }
    }

    private void End(DurableCall call, Proto.HistoryEvent outcome)
    {
        if (!call.TryEnd(outcome))
        {
            throw Differs(call.Id, $"an outcome ({outcome.EventTypeCase})", call.Description);
        }
    }

    private void Match(Proto.HistoryEvent made)
    {
        var id = made.EventId;
        if (id >= calls.Count && suspended)
        {
            // The official worker goes on in spite of a suspension, when another event comes; then the history shows it.
            DeliverHeld();
        }

        if (id < 0 || id >= calls.Count)
        {
            throw Differs(id, Description(made), "nothing");
        }

        if (!calls[id].Made(made))
        {
            throw Differs(id, Description(made), calls[id].Description);
        }

        calls[id].Recorded();
    }

    private NonDeterminismException Differs(int id, string expected, string actual) => new(
        $"Workflow '{Name}', instance '{InstanceId}': event {id} of the history is {expected}, but the code now asks for {actual} there. "
        + "The code was changed while the instance ran (then guard the change with IsPatched), or it does not do the same on every run.");

    private static string Description(Proto.HistoryEvent made) => made.EventTypeCase switch
    {
        EventType.TaskScheduled => $"activity '{made.TaskScheduled.Name}'",
        EventType.ChildWorkflowInstanceCreated => $"child workflow '{made.ChildWorkflowInstanceCreated.Name}'",
        EventType.EventSent => $"event '{made.EventSent.Name}' to '{made.EventSent.InstanceId}'",
        _ => "timer",
    };

    /// <summary>
    /// Ends a wait as its token is cancelled. CancelAsync does that on another thread, where the code must not run: then the wait stays
    /// open, which <see cref="HasStrayed"/> sees whichever thread is faster.
    /// </summary>
    private void EndWith(CancellationToken token, Func<bool> isOpen, Action cancel)
    {
        if (!token.CanBeCanceled)
        {
            return;
        }

        cancellable.Add((token, isOpen));
        token.Register(() =>
        {
            if (Environment.CurrentManagedThreadId == thread)
            {
                cancel();
            }
        });
    }

    private bool HasStrayed() => strayed || cancellable.Exists(wait => wait.Token.IsCancellationRequested && wait.IsOpen());

    private void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != thread)
        {
            strayed = true;
            throw new InvalidOperationException(
                $"Workflow '{Name}', instance '{InstanceId}': the code used its WorkflowContext after it had awaited something that is no "
                + "task of this context. Such work belongs into an activity.");
        }
    }
}
