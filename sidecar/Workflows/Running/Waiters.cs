using Sidecar.Workflows.Logic;

namespace Sidecar.Workflows.Running;

/// <summary>Clients that wait for an instance to come to a state, by instance id. An instance need not exist yet.</summary>
internal sealed class Waiters
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Waiter>> _byId = new(StringComparer.Ordinal);

    /// <summary>Waits until a row of this instance is told of that meets the condition.</summary>
    public Waiter Add(string id, Func<InstanceRow, bool> condition)
    {
        var waiter = new Waiter(id, condition);
        lock (_lock)
        {
            if (!_byId.TryGetValue(id, out var waiters))
            {
                _byId.Add(id, waiters = []);
            }
            waiters.Add(waiter);
        }
        return waiter;
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

    /// <summary>Tells those who wait for an instance of its new state.</summary>
    public void Tell(Snapshot snapshot)
    {
        lock (_lock)
        {
            if (_byId.TryGetValue(snapshot.Row.Id, out var waiters))
            {
                waiters.ForEach(waiter => waiter.Tell(snapshot));
            }
        }
    }
}

/// <summary>One client that waits.</summary>
internal sealed class Waiter(string id, Func<InstanceRow, bool> condition)
{
    private readonly TaskCompletionSource<Snapshot> _met = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Instance id.</summary>
    public string Id => id;

    /// <summary>Completes, with the state that did so, once the condition has been met: the instance may be gone by then.</summary>
    public Task<Snapshot> Met => _met.Task;

    /// <summary>Completes the wait if this state meets the condition.</summary>
    public void Tell(Snapshot snapshot)
    {
        if (condition(snapshot.Row))
        {
            _met.TrySetResult(snapshot);
        }
    }
}
