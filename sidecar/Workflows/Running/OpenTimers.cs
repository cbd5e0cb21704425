using Sidecar.Workflows.Logic;

namespace Sidecar.Workflows.Running;

/// <summary>The timers of one instance that are in the queue.</summary>
internal sealed class OpenTimers(string id, EngineContext context)
{
    private HashSet<int> _queued = [];
    private long _key;
    private bool _isUnknown;

    /// <summary>The instance has been read from the file: its timers are queued since the engine started, or since they were made.</summary>
    public void Know(InstanceState state)
    {
        _queued = [.. state.OpenTimers.Keys];
        _key = state.Key;
    }

    /// <summary>Something went wrong: which are queued is uncertain, and all are queued again.</summary>
    public void Forget() => _isUnknown = true;

    /// <summary>Queues what the stored state asks for, and takes back what it does not ask for any more.</summary>
    /// <param name="state">The instance; null where there is none.</param>
    /// <param name="change">What has just been stored.</param>
    public void Match(InstanceState? state, InstanceChange change)
    {
        var needed = state is { IsFinished: false } ? state.OpenTimers : null;
        if (!_isUnknown && _key == (state?.Key ?? 0) && _queued.Count == (needed?.Count ?? 0)
            && change is { TimersAdded.Count: 0, TimersRemoved.Count: 0, DropsTimers: false })
        {
            return;
        }
        foreach (var timer in _queued)
        {
            if (_key != state?.Key || needed?.ContainsKey(timer) != true)
            {
                context.Timers.Remove(_key, timer);
            }
        }
        foreach (var (timer, created) in needed ?? [])
        {
            if (_isUnknown || _key != state!.Key || !_queued.Contains(timer) || change.TimersAdded.Contains(created))
            {
                context.Timers.Set(id, state!.Key, timer, Events.DueMs(created.TimerCreated.FireAt));
            }
        }
        _queued = needed is null ? [] : [.. needed.Keys];
        _key = state?.Key ?? 0;
        _isUnknown = false;
    }
}
