using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Running;

/// <summary>One instance during the operations of one transaction.</summary>
internal sealed class InstanceScope(string id, EngineContext context, OpenWork work)
{
    /// <summary>Instance id.</summary>
    public string Id => id;

    /// <summary>What all instances share.</summary>
    public EngineContext Context => context;

    /// <summary>What workers have or shall get of this instance.</summary>
    public OpenWork Work => work;

    /// <summary>The instance; null where there is none.</summary>
    public InstanceState? State { get; set; }

    /// <summary>What is to be stored.</summary>
    public InstanceChange Change { get; } = new();

    /// <summary>True where a stalled instance is to try its turn once more, false where it has; null for no change.</summary>
    public bool? RetriesStall { get; set; }

    /// <summary>Until when nothing of it is given out, in milliseconds since 1970; null for no change.</summary>
    public long? PausedUntilMs { get; set; }

    /// <summary>The instance, which must exist.</summary>
    /// <exception cref="WorkflowException">It does not.</exception>
    public InstanceState Existing => State ?? throw new WorkflowException(WorkflowError.NotFound, "no such instance exists");

    /// <summary>Stores an event for this instance, to be seen by its next turn.</summary>
    public void AddToInbox(HistoryEvent e)
    {
        var message = new Message(context.NextSeq(), id, null, e, null);
        Change.Messages.Add(message);
        State!.AddToInbox(new InboxEntry(message.Seq, e));
    }

    /// <summary>Makes an instance, in the place of a finished one if there is one.</summary>
    public void Create(HistoryEvent start, PropagatedHistory? propagated)
    {
        Change.Deleted = State?.Key;
        State = new InstanceState(context.NextKey(), id, start, propagated);
        Change.IsNew = true;
        Change.Start = new InstanceStart(start, propagated);
    }

    /// <summary>Forgets the instance.</summary>
    public void Delete(InstanceState state)
    {
        Change.Deleted = state.Key;
        Change.InboxRemoved.AddRange(state.Inbox.Where(static e => e.Seq != 0).Select(static e => e.Seq));
        State = null;
    }

    /// <summary>Why an instance cannot be started here; null where it can.</summary>
    public WorkflowException? StartRefusal()
    {
        if (State is null)
        {
            return null;
        }
        if (!State.IsFinished)
        {
            return new WorkflowException(WorkflowError.AlreadyExists, $"an active workflow with ID '{id}' already exists");
        }
        if (work.HasActivities)
        {
            return new WorkflowException(
                WorkflowError.NotAllowed, $"a terminated workflow with ID '{id}' is already awaiting an activity result");
        }
        return Descendants.FirstActive(State.History, context) is { } child
            ? new WorkflowException(WorkflowError.AlreadyExists,
                $"cannot recreate workflow with ID '{id}': child workflow '{child}': orchestration has not yet completed")
            : null;
    }
}
