using System.Collections.Concurrent;
using Sidecar.Workflows.Logic;

namespace Sidecar.Workflows.Running;

/// <summary>
/// The instances in memory: those something happens to right now, those with work, and as many of the merely waiting ones as the
/// limit allows. All others are in the file only.
/// </summary>
internal sealed class Instances(long idleBytesMax)
{
    private readonly ConcurrentDictionary<string, InstanceActor> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _stalled = new(StringComparer.Ordinal);
    private readonly Lock _idleLock = new();
    private readonly LinkedList<InstanceActor> _idle = [];
    private long _idleBytes;

    /// <summary>Makes an instance's place in memory. Set once, before anything is posted.</summary>
    public Func<string, InstanceActor> Create { get; set; } = null!;

    /// <summary>Instances in memory.</summary>
    public int Count => _byId.Count;

    /// <summary>Has an instance do something, after everything that was posted to it before.</summary>
    public void Post(string id, params ReadOnlySpan<Operation> operations)
    {
        while (!_byId.GetOrAdd(id, Create).TryPost(operations))
        {
            // It has just left memory.
        }
    }

    /// <summary>What is known in memory of an instance's stored state; null where only the file knows.</summary>
    public Snapshot? Peek(string id) => _byId.TryGetValue(id, out var actor) ? actor.Snapshot : null;

    /// <summary>Forgets an instance's place.</summary>
    public void Remove(InstanceActor actor) => _byId.TryRemove(new KeyValuePair<string, InstanceActor>(actor.Id, actor));

    /// <summary>Notes whether an instance is stalled.</summary>
    public void MarkStalled(string id, bool isStalled)
    {
        if (isStalled)
        {
            _stalled.TryAdd(id, true);
        }
        else
        {
            _stalled.TryRemove(id, out _);
        }
    }

    /// <summary>The stalled instances.</summary>
    public ICollection<string> Stalled => _stalled.Keys;

    /// <summary>Counts an instance among those that only wait; the longest waiting leave memory where there are too many.</summary>
    public void AddIdle(InstanceActor actor, long bytes)
    {
        List<InstanceActor>? leaving = null;
        lock (_idleLock)
        {
            Forget(actor);
            actor.IdleNode = _idle.AddLast(actor);
            actor.IdleBytes = bytes;
            _idleBytes += bytes;
            while (_idleBytes > idleBytesMax && _idle.First is { } first && first.Value != actor)
            {
                Forget(first.Value);
                (leaving ??= []).Add(first.Value);
            }
        }
        leaving?.ForEach(static a => a.LeaveIfIdle());
    }

    /// <summary>Something happens to an instance that only waited.</summary>
    public void RemoveIdle(InstanceActor actor)
    {
        lock (_idleLock)
        {
            Forget(actor);
        }
    }

    private void Forget(InstanceActor actor)
    {
        if (actor.IdleNode is { } node)
        {
            _idle.Remove(node);
            _idleBytes -= actor.IdleBytes;
            actor.IdleNode = null;
        }
    }
}

/// <summary>An instance's stored state as clients see it.</summary>
internal sealed record Snapshot(InstanceRow Row, InstanceStart Start)
{
    /// <summary>An instance as it is now.</summary>
    public static Snapshot Of(InstanceState state) => new(InstanceRow.Of(state), new InstanceStart(state.Start, state.Incoming));
}
