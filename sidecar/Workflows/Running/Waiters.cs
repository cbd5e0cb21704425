using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Running;

/// <summary>Clients that wait for an instance to come to a state, by instance id. An instance need not exist yet.</summary>
internal sealed class Waiters
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Waiter>> _byId = new(StringComparer.Ordinal);

    /// <summary>Waits until a row of an instance of this id is told of that meets the condition.</summary>
    public Waiter Add(string id, Func<InstanceRow, bool> condition) => Add(new Waiter(id, condition, order: null, isOfOne: false));

    /// <summary>
    /// Waits for this very instance, as it is now or will be: until it meets the condition or a turn has taken the order, and no longer
    /// than there is that instance.
    /// </summary>
    public Waiter AddFor(InstanceState state, Func<InstanceRow, bool> condition, HistoryEvent? order = null)
    {
        var waiter = new Waiter(state.Id, condition, order, isOfOne: true);
        return waiter.Tell(Snapshot.Of(state), state) ? waiter : Add(waiter);
    }

    /// <summary>Forgets a waiter.</summary>
    public void Remove(Waiter waiter)
    {
        lock (_lock)
        {
            if (_byId.TryGetValue(waiter.Id, out var waiters) && waiters.Remove(waiter) && waiters.Count == 0)
            {
                _byId.Remove(waiter.Id);
            }
        }
    }

    /// <summary>Tells those who wait for an instance of its new state. Who has heard what he waits for is forgotten.</summary>
    public void Tell(Snapshot snapshot, InstanceState state) => TellAll(snapshot.Row.Id, waiter => waiter.Tell(snapshot, state));

    /// <summary>Tells those who wait for this very instance that it is gone.</summary>
    public void TellGone(string id) => TellAll(id, static waiter => waiter.TellGone());

    private Waiter Add(Waiter waiter)
    {
        lock (_lock)
        {
            if (!_byId.TryGetValue(waiter.Id, out var waiters))
            {
                _byId.Add(waiter.Id, waiters = []);
            }
            waiters.Add(waiter);
        }
        return waiter;
    }

    private void TellAll(string id, Predicate<Waiter> tell)
    {
        lock (_lock)
        {
            if (_byId.TryGetValue(id, out var waiters) && waiters.RemoveAll(tell) > 0 && waiters.Count == 0)
            {
                _byId.Remove(id);
            }
        }
    }
}

/// <summary>One client that waits.</summary>
/// <param name="id">Instance id.</param>
/// <param name="condition">What it waits for.</param>
/// <param name="order">
/// An event whose being taken by a turn ends the wait, too: its effect may never show, where the same turn has taken one that undoes it.
/// Null for none.
/// </param>
/// <param name="isOfOne">True where the wait is for this very instance, false where it is for any of this id, present or to come.</param>
internal sealed class Waiter(string id, Func<InstanceRow, bool> condition, HistoryEvent? order, bool isOfOne)
{
    private readonly TaskCompletionSource<Snapshot> _met = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Instance id.</summary>
    public string Id => id;

    /// <summary>
    /// Completes once the condition has been met, with the state that did so, for the instance may be gone by then; fails where it cannot be
    /// met any more.
    /// </summary>
    public Task<Snapshot> Met => _met.Task;

    /// <summary>Completes the wait, and is true, if this state is what it is for.</summary>
    /// <param name="snapshot">The instance as it is stored.</param>
    /// <param name="state">The same in memory; null where only the file was asked.</param>
    public bool Tell(Snapshot snapshot, InstanceState? state = null)
    {
        if (condition(snapshot.Row) || (order is not null && state?.Inbox.Exists(e => ReferenceEquals(e.Event, order)) == false))
        {
            _met.TrySetResult(snapshot);
            return true;
        }
        return false;
    }

    /// <summary>Ends the wait, and is true, if it is for the instance that is gone.</summary>
    public bool TellGone() =>
        isOfOne && _met.TrySetException(new WorkflowException(WorkflowError.NotFound, "no such instance exists"));
}
