namespace Sidecar.Workflows.Running;

/// <summary>
/// All that is due at some time, with one timer of the clock for the next of it. What is due long from now costs an entry, and one
/// that is removed costs nothing any more.
/// </summary>
internal sealed class TimerQueue : IDisposable
{
    // The clock's own limit for one timer is 49 days.
    private static readonly TimeSpan SleepMax = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly SortedSet<Entry> _entries = [];
    private readonly Dictionary<(long Key, int Timer), Entry> _byId = [];
    private readonly TimeProvider _time;
    private readonly Action<string, long, int, long> _due;
    private readonly ITimer _timer;
    private long _nextMs = long.MaxValue;
    private bool _isDisposed;

    /// <summary>Creates a queue that calls back, off the caller's thread, with instance id, instance key, timer id and due time.</summary>
    public TimerQueue(TimeProvider time, Action<string, long, int, long> due)
    {
        _time = time;
        _due = due;
        _timer = time.CreateTimer(static s => ((TimerQueue)s!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds or moves a timer.</summary>
    /// <param name="id">Instance id.</param>
    /// <param name="key">The stored instance's number.</param>
    /// <param name="timer">Timer id within the instance.</param>
    /// <param name="dueMs">When, in milliseconds since 1970.</param>
    public void Set(string id, long key, int timer, long dueMs)
    {
        lock (_lock)
        {
            Forget(key, timer);
            var entry = new Entry(dueMs, key, timer, id);
            _entries.Add(entry);
            _byId.Add((key, timer), entry);
            if (dueMs < _nextMs)
            {
                Arm();
            }
        }
    }

    /// <summary>Removes a timer.</summary>
    public void Remove(long key, int timer)
    {
        lock (_lock)
        {
            Forget(key, timer);
        }
    }

    /// <summary>Stops calling back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }
        _timer.Dispose();
    }

    private void Forget(long key, int timer)
    {
        if (_byId.Remove((key, timer), out var entry))
        {
            _entries.Remove(entry);
        }
    }

    private void Arm()
    {
        _nextMs = _entries.Count == 0 ? long.MaxValue : _entries.Min!.DueMs;
        if (_isDisposed || _entries.Count == 0)
        {
            return;
        }
        var wait = _nextMs - NowMs();
        _timer.Change(
            wait <= 0 ? TimeSpan.Zero : wait >= SleepMax.TotalMilliseconds ? SleepMax : TimeSpan.FromMilliseconds(wait),
            Timeout.InfiniteTimeSpan);
    }

    private void Fire()
    {
        var due = new List<Entry>();
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }
            var now = NowMs();
            while (_entries.Min is { } first && first.DueMs <= now)
            {
                _entries.Remove(first);
                _byId.Remove((first.Key, first.Timer));
                due.Add(first);
            }
            Arm();
        }
        foreach (var entry in due)
        {
            _due(entry.Id, entry.Key, entry.Timer, entry.DueMs);
        }
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record Entry(long DueMs, long Key, int Timer, string Id) : IComparable<Entry>
    {
        public int CompareTo(Entry? other) => other is null ? 1 : (DueMs, Key, Timer).CompareTo((other.DueMs, other.Key, other.Timer));
    }
}
