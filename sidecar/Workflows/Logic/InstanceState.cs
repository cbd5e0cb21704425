using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>
/// One instance as its events have made it: nothing here that does not follow from its history, its inbox and its start. Owned by
/// one caller at a time; events themselves are never changed once they are here.
/// </summary>
internal sealed class InstanceState
{
    private readonly EventTimers _eventTimers = new();

    /// <summary>An instance that has just been started.</summary>
    public InstanceState(long key, string id, HistoryEvent start, PropagatedHistory? incoming)
    {
        Key = key;
        Id = id;
        Start = start;
        Incoming = incoming;
        AddToInbox(new InboxEntry(0, start));
    }

    private InstanceState(InstanceRow row, HistoryEvent start, PropagatedHistory? incoming)
    {
        Key = row.Key;
        Id = row.Id;
        Start = start;
        Incoming = incoming;
        CustomStatus = row.CustomStatus;
        HasContinued = row.Status != OrchestrationStatus.Pending;
    }

    /// <summary>The stored instance's number; a new one for every start.</summary>
    public long Key { get; }

    /// <summary>Instance id.</summary>
    public string Id { get; }

    /// <summary>How the present generation was started.</summary>
    public HistoryEvent Start { get; private set; }

    /// <summary>History that an ancestor let it see; null where there is none.</summary>
    public PropagatedHistory? Incoming { get; private set; }

    /// <summary>What the worker's last answer set; null where that set none.</summary>
    public string? CustomStatus { get; set; }

    /// <summary>All that its code has seen and done, in order.</summary>
    public List<HistoryEvent> History { get; private set; } = [];

    /// <summary>What its code has yet to see, in order of arrival.</summary>
    public List<InboxEntry> Inbox { get; } = [];

    /// <summary>Size of the history in bytes.</summary>
    public long HistoryBytes { get; private set; }

    /// <summary>Size of the inbox in bytes.</summary>
    public long InboxBytes { get; private set; }

    /// <summary>Batches of history stored, for the number of the next.</summary>
    public int Batches { get; set; }

    /// <summary>Activities without an answer: their <c>taskScheduled</c> by task id.</summary>
    public Dictionary<int, HistoryEvent> OpenActivities { get; private set; } = [];

    /// <summary>Children without an answer: their instance ids by task id.</summary>
    public Dictionary<int, string> OpenChildren { get; } = [];

    /// <summary>Timers that have neither fired nor been cancelled: their <c>timerCreated</c> by timer id.</summary>
    public Dictionary<int, HistoryEvent> OpenTimers { get; } = [];

    /// <summary>Patches that its code has taken so far.</summary>
    public List<string> TakenPatches { get; } = [];

    /// <summary>How it ended; null while it has not.</summary>
    public HistoryEvent? Completed { get; private set; }

    /// <summary>Why it cannot go on; null where it can.</summary>
    public ExecutionStalledEvent? Stalled { get; private set; }

    /// <summary>True while it is held.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>True if it has continued as new, so that it is running before the first turn of its generation.</summary>
    public bool HasContinued { get; private set; }

    /// <summary>Continue-as-new in a row, each in the first turn of its generation.</summary>
    public int ContinuedInARow { get; set; }

    /// <summary>
    /// True if a turn was given out twice with different events and it is unknown which of them was answered: another turn lets the
    /// code say what it has still to say.
    /// </summary>
    public bool NeedsTurn { get; set; }

    private bool HasStarted { get; set; }

    /// <summary>Status as clients see it.</summary>
    public OrchestrationStatus Status => this switch
    {
        { Completed: { } completed } => completed.ExecutionCompleted.WorkflowStatus,
        { Stalled: not null } => OrchestrationStatus.Stalled,
        { HasStarted: false, HasContinued: false } => OrchestrationStatus.Pending,
        { IsSuspended: true } => OrchestrationStatus.Suspended,
        _ => OrchestrationStatus.Running,
    };

    /// <summary>True once it has ended.</summary>
    public bool IsFinished => Completed is not null;

    /// <summary>True while a scheduled start lies ahead.</summary>
    public bool IsScheduledAfter(long nowMs) => Status == OrchestrationStatus.Pending
        && Events.DueMs(Start.ExecutionStarted.ScheduledStartTimestamp) > nowMs
        && !Inbox.Exists(static e => e.Event.ExecutionTerminated is not null);

    /// <summary>An instance as it is stored.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="start">How its generation was started.</param>
    /// <param name="incoming">History that an ancestor let it see.</param>
    /// <param name="history">Its batches of history.</param>
    public static InstanceState Load(
        InstanceRow row, HistoryEvent start, PropagatedHistory? incoming, IEnumerable<IEnumerable<HistoryEvent>> history)
    {
        var state = new InstanceState(row, start, incoming);
        foreach (var batch in history)
        {
            state.Batches++;
            foreach (var e in batch)
            {
                state.Append(e);
            }
        }
        if (state.History.Count == 0)
        {
            state.AddToInbox(new InboxEntry(0, start));
        }
        // Woken for nothing that its events tell: see InstanceRow.
        state.NeedsTurn = row is { WakeMs: 0, Open: null, IsFinished: false } && state.History.Count > 0 && state.Stalled is null;
        if (state.IsFinished)
        {
            // Answers to the activities of a finished instance leave no event, so that its row says which are still open.
            state.OpenActivities = (row.Open ?? []).Where(state.OpenActivities.ContainsKey).ToDictionary(i => i, i => state.OpenActivities[i]);
        }
        return state;
    }

    /// <summary>Adds an event to the history, with all that follows from it. Answers with a timer that it makes superfluous, or null.</summary>
    public int? Append(HistoryEvent e)
    {
        History.Add(e);
        HistoryBytes += e.CalculateSize();
        if (e.ExecutionStalled is null)
        {
            Stalled = null;
        }
        switch (e.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.ExecutionStarted:
                HasStarted = true;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionCompleted:
                Completed = e;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionSuspended:
                IsSuspended = true;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionResumed:
                IsSuspended = false;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionStalled:
                Stalled = e.ExecutionStalled;
                break;
            case HistoryEvent.EventTypeOneofCase.WorkflowStarted:
                TakenPatches.AddRange(e.WorkflowStarted.Version?.Patches ?? []);
                break;
            case HistoryEvent.EventTypeOneofCase.TaskScheduled:
                OpenActivities[e.EventId] = e;
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated:
                OpenChildren[e.EventId] = e.ChildWorkflowInstanceCreated.InstanceId;
                break;
            case HistoryEvent.EventTypeOneofCase.TimerCreated:
                OpenTimers[e.EventId] = e;
                _eventTimers.Add(e);
                break;
            case HistoryEvent.EventTypeOneofCase.EventRaised:
                return CancelTimerOf(e.EventRaised.Name);
            default:
                Resolve(e);
                break;
        }
        return null;
    }

    /// <summary>
    /// True if somebody waits for this event; an answer then counts as given. An answer that nobody waits for (a second one, one for
    /// another generation) is to be dropped.
    /// </summary>
    public bool Accepts(HistoryEvent e, string? source) => e.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.TaskCompleted => OpenActivities.Remove(e.TaskCompleted.TaskScheduledId),
        HistoryEvent.EventTypeOneofCase.TaskFailed => OpenActivities.Remove(e.TaskFailed.TaskScheduledId),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted => Answers(e.ChildWorkflowInstanceCompleted.TaskScheduledId, source),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed => Answers(e.ChildWorkflowInstanceFailed.TaskScheduledId, source),
        _ => !IsFinished,
    };

    /// <summary>Appends to the inbox.</summary>
    public void AddToInbox(InboxEntry entry)
    {
        Inbox.Add(entry);
        InboxBytes += entry.Bytes;
    }

    /// <summary>Appends an entry that was in the inbox before the instance was read from the file again.</summary>
    public void Restore(InboxEntry entry)
    {
        if (entry.Event.ExecutionStarted is not null)
        {
            return; // part of what was read
        }
        if (entry.Event.TimerFired is null)
        {
            Resolve(entry.Event);
        }
        AddToInbox(entry);
    }

    /// <summary>Takes the first entries off the inbox.</summary>
    public void TakeFromInbox(int count)
    {
        for (var i = 0; i < count; i++)
        {
            InboxBytes -= Inbox[i].Bytes;
        }
        Inbox.RemoveRange(0, count);
    }

    /// <summary>Begins a new generation: nothing of the old one is left but the inbox, which the caller has sifted.</summary>
    public void Restart(HistoryEvent start, PropagatedHistory? incoming)
    {
        Start = start;
        Incoming = incoming;
        History = [];
        HistoryBytes = 0;
        Batches = 0;
        OpenActivities = [];
        OpenChildren.Clear();
        OpenTimers.Clear();
        _eventTimers.Clear();
        TakenPatches.Clear();
        IsSuspended = false;
        HasStarted = false;
        HasContinued = true;
        Stalled = null;
    }

    private bool Answers(int id, string? source) =>
        OpenChildren.TryGetValue(id, out var child) && child == source && OpenChildren.Remove(id);

    private void Resolve(HistoryEvent e)
    {
        if (Resolution.IdOf(e) is not { } id)
        {
            return;
        }
        if (e.TimerFired is not null)
        {
            if (OpenTimers.Remove(id, out var created))
            {
                _eventTimers.Remove(created);
            }
        }
        else if (e.TaskCompleted is not null || e.TaskFailed is not null)
        {
            OpenActivities.Remove(id);
        }
        else
        {
            OpenChildren.Remove(id);
        }
    }

    private int? CancelTimerOf(string eventName)
    {
        var timer = _eventTimers.Use(eventName);
        if (timer is { } id)
        {
            OpenTimers.Remove(id);
        }
        return timer;
    }
}
