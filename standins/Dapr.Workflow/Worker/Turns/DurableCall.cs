using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>
/// Something that the code asked for: it has a number, counted from 0 in the order of the code. It is new until the history tells that
/// it was asked for before, and open until the history tells its outcome. Two separate things: an outcome may stand before.
/// </summary>
internal abstract class DurableCall(int id)
{
    private bool recorded;
    private bool ended;

    /// <summary>The action's number.</summary>
    public int Id { get; } = id;

    /// <summary>Whether the sidecar has yet to be told. Where it knows the outcome already, it must not do it again.</summary>
    public bool IsNew => !recorded && !ended;

    /// <summary>Whether somebody may wait for its outcome.</summary>
    public bool IsOpen { get; protected set; }

    /// <summary>For people: <c>activity 'ReserveStock'</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Whether this is what the event says was asked for.</summary>
    public abstract bool Made(Proto.HistoryEvent made);

    /// <summary>The history has it.</summary>
    public void Recorded() => recorded = true;

    /// <summary>The action that tells the sidecar.</summary>
    public abstract Proto.WorkflowAction Action();

    /// <summary>Takes the outcome, and with it runs the code that waits for it.</summary>
    /// <returns>False where the event is no outcome of this.</returns>
    public bool TryEnd(Proto.HistoryEvent outcome)
    {
        ended = IsOutcome(outcome);
        if (ended)
        {
            IsOpen = false;
            End(outcome);
        }

        return ended;
    }

    /// <summary>Whether the event is an outcome of this.</summary>
    protected virtual bool IsOutcome(Proto.HistoryEvent outcome) => false;

    /// <summary>Hands the outcome on to who waits for it.</summary>
    protected virtual void End(Proto.HistoryEvent outcome)
    {
        // Nobody waits.
    }

    protected static bool SameName(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
