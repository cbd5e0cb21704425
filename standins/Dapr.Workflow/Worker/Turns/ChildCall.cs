using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>The call of a child workflow.</summary>
internal sealed class ChildCall<T> : DurableCall
{
    private readonly TaskCompletionSource<T> waiting = new();
    private readonly TurnContext context;
    private readonly string name;
    private readonly string instanceId;
    private readonly Payload input;
    private readonly ChildWorkflowTaskOptions? options;

    public ChildCall(int id, TurnContext context, string name, string instanceId, Payload input, ChildWorkflowTaskOptions? options)
        : base(id)
    {
        this.context = context;
        this.name = name;
        this.instanceId = instanceId;
        this.input = input;
        this.options = options;
        IsOpen = true;
    }

    public Task<T> Task => waiting.Task;

    public override string Description => $"child workflow '{name}'";

    /// <summary>By name only: after a rerun the derived ids are others than in the copied history.</summary>
    public override bool Made(Proto.HistoryEvent made) =>
        made.ChildWorkflowInstanceCreated is { } created && SameName(created.Name, name);

    public override Proto.WorkflowAction Action()
    {
        var router = context.Router(options?.TargetAppId);
        var create = new Proto.CreateChildWorkflowAction
        {
            Name = name,
            InstanceId = instanceId,
            Input = context.Text(input),
            Router = router,
        };
        if (options is { PropagationScope: not HistoryPropagationScope.None })
        {
            create.HistoryPropagationScope = (Proto.HistoryPropagationScope)options.PropagationScope;
        }

        return new Proto.WorkflowAction { Id = Id, CreateChildWorkflow = create, Router = router };
    }

    protected override bool IsOutcome(Proto.HistoryEvent outcome) =>
        outcome is { ChildWorkflowInstanceCompleted: not null } or { ChildWorkflowInstanceFailed: not null };

    protected override void End(Proto.HistoryEvent outcome)
    {
        if (outcome.ChildWorkflowInstanceCompleted is { } completed)
        {
            context.Complete(waiting, completed.Result);
        }
        else
        {
            var details = Failures.Read(outcome.ChildWorkflowInstanceFailed.FailureDetails, "Unknown message");
            waiting.SetException(new WorkflowTaskFailedException($"Child workflow '{name}' failed", details));
        }
    }
}
