using Google.Protobuf.WellKnownTypes;
using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>A durable timer. The protocol cannot take one back: one that nobody waits for any more fires unseen.</summary>
internal sealed class TimerCall : DurableCall
{
    private readonly TaskCompletionSource fired = new();
    private readonly Timestamp fireAt;
    private readonly Action<Proto.CreateTimerAction> setOrigin;

    public TimerCall(int id, Timestamp fireAt, Action<Proto.CreateTimerAction> setOrigin)
        : base(id)
    {
        this.fireAt = fireAt;
        this.setOrigin = setOrigin;
        IsOpen = true;
    }

    public Task Task => fired.Task;

    public override string Description => "timer";

    public override bool Made(Proto.HistoryEvent made) => made.TimerCreated is not null;

    public override Proto.WorkflowAction Action()
    {
        var create = new Proto.CreateTimerAction { FireAt = fireAt };
        setOrigin(create);
        return new Proto.WorkflowAction { Id = Id, CreateTimer = create };
    }

    /// <summary>Ends the wait.</summary>
    public void Cancel()
    {
        IsOpen = false;
        fired.TrySetCanceled();
    }

    protected override bool IsOutcome(Proto.HistoryEvent outcome) => outcome.TimerFired is not null;

    protected override void End(Proto.HistoryEvent outcome) => fired.TrySetResult();
}
