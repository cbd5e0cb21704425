namespace Sidecar.Workflows.Dispatch;

/// <summary>
/// Shares work among the connected workers: each piece goes at once to the worker with the fewest unanswered ones, up to a limit
/// each, and waits in order where none has room, turns before activities. Work of a worker that is gone goes to the others before
/// everything that waits.
/// </summary>
internal sealed class WorkQueue
{
    private readonly Lock _lock = new();
    private readonly List<WorkerSession> _sessions = [];
    private readonly LinkedList<Work> _turns = [];
    private readonly LinkedList<Work> _activities = [];
    private long _lastOrder;
    private bool _isClosed;

    /// <summary>Workers whose sessions are open.</summary>
    public int SessionCount
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Connects a worker.</summary>
    public WorkerSession Connect()
    {
        var session = new WorkerSession(this);
        lock (_lock)
        {
            if (_isClosed)
            {
                session.Close();
                return session;
            }
            _sessions.Add(session);
            Pump(_turns);
            Pump(_activities);
        }
        return session;
    }

    /// <summary>Queues new work.</summary>
    public void Add(Work work)
    {
        lock (_lock)
        {
            work.Order = ++_lastOrder;
            if (!TryGive(work))
            {
                WaitingOf(work).AddLast(work);
            }
        }
    }

    /// <summary>Queues work again whose answer was lost; work that already waits stays where it is.</summary>
    public void AddAgain(Work work)
    {
        lock (_lock)
        {
            if (work.Owner is null || work.IsDone)
            {
                return;
            }
            Free(work);
            if (!TryGive(work))
            {
                WaitingOf(work).AddFirst(work);
            }
        }
    }

    /// <summary>Forgets work that is answered.</summary>
    public void Finish(Work work)
    {
        lock (_lock)
        {
            work.IsDone = true;
            Free(work);
        }
    }

    /// <summary>
    /// Forgets work that its instance has no use for any more. True where a worker holds it, so that its answer may still come.
    /// </summary>
    public bool Abandon(Work work)
    {
        lock (_lock)
        {
            if (work.IsTaken)
            {
                work.IsAbandoned = true;
                return true;
            }
            work.IsDone = true;
            Free(work);
            return false;
        }
    }

    /// <summary>True if any worker has had this work in hand, now or before it was lost.</summary>
    public bool WasTaken(Work work)
    {
        lock (_lock)
        {
            return work.WasTaken;
        }
    }

    /// <summary>True once the worker is gone that held abandoned work.</summary>
    public bool IsDone(Work work)
    {
        lock (_lock)
        {
            return work.IsDone;
        }
    }

    /// <summary>Ends all sessions; no worker gets anything any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _sessions.ForEach(static s => s.Close());
            _sessions.Clear();
        }
    }

    /// <summary>Marks work as taken by its worker; false where it need not be done any more or is another's.</summary>
    internal bool TryTake(Work work, WorkerSession session)
    {
        lock (_lock)
        {
            if (work.IsDone || !ReferenceEquals(work.Owner, session))
            {
                return false;
            }
            return work.IsTaken = work.WasTaken = true;
        }
    }

    /// <summary>Ends a session: what it has not answered goes to the others.</summary>
    internal void Disconnect(WorkerSession session)
    {
        var released = new List<Work>();
        lock (_lock)
        {
            if (!_sessions.Remove(session))
            {
                return;
            }
            session.Close();
            // The last one first, so that each ends up before the next.
            foreach (var work in session.Open.OrderByDescending(static w => w.Order).ToList())
            {
                work.Owner = null;
                work.IsTaken = false;
                if (work.IsAbandoned)
                {
                    work.IsDone = true;
                    released.Add(work);
                }
                else
                {
                    WaitingOf(work).AddFirst(work);
                }
            }
            session.Open.Clear();
            Pump(_turns);
            Pump(_activities);
        }
        released.ForEach(static w => w.Released?.Invoke());
    }

    private LinkedList<Work> WaitingOf(Work work) => work.IsTurn ? _turns : _activities;

    private void Free(Work work)
    {
        if (work.Owner is { } owner)
        {
            work.Owner = null;
            work.IsTaken = false;
            owner.Remove(work);
            Pump(_turns);
            Pump(_activities);
        }
    }

    private void Pump(LinkedList<Work> waiting)
    {
        while (waiting.First is { } first && (first.Value.IsDone || TryGive(first.Value)))
        {
            waiting.RemoveFirst();
        }
    }

    private bool TryGive(Work work)
    {
        WorkerSession? least = null;
        foreach (var session in _sessions)
        {
            if (session.HasRoom(work) && (least is null || session.Open.Count < least.Open.Count))
            {
                least = session;
            }
        }
        if (least is null)
        {
            return false;
        }
        work.Owner = least;
        least.Add(work);
        return true;
    }
}
