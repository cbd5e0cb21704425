using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>An event for another instance; nobody waits for it.</summary>
internal sealed class SendCall(int id, TurnContext context, string instanceId, string name, Payload payload) : DurableCall(id)
{
    public override string Description => $"event '{name}' to '{instanceId}'";

    public override bool Made(Proto.HistoryEvent made) => made.EventSent is { } sent && SameName(sent.Name, name);

    public override Proto.WorkflowAction Action() => new()
    {
        Id = Id,
        SendEvent = new Proto.SendEventAction
        {
            Instance = new Proto.WorkflowInstance { InstanceId = instanceId },
            Name = name,
            Data = context.Text(payload),
        },
    };
}

/// <summary>A new start with another input. It ends the history, so none can tell of it.</summary>
internal sealed class ContinueAsNewCall(int id, TurnContext context, Payload input, bool keepEvents) : DurableCall(id)
{
    public override string Description => "continue-as-new";

    public override bool Made(Proto.HistoryEvent made) => false;

    public override Proto.WorkflowAction Action()
    {
        var complete = new Proto.CompleteWorkflowAction
        {
            WorkflowStatus = Proto.OrchestrationStatus.ContinuedAsNew,
            Result = context.Text(input),
        };
        if (keepEvents)
        {
            complete.CarryoverEvents.AddRange(context.UntakenEvents);
        }

        return new Proto.WorkflowAction { Id = Id, CompleteWorkflow = complete };
    }
}
