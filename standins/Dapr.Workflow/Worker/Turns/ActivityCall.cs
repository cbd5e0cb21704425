using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>The call of an activity.</summary>
internal sealed class ActivityCall<T> : DurableCall
{
    private readonly TaskCompletionSource<T> waiting = new();
    private readonly TurnContext context;
    private readonly string name;
    private readonly Payload input;
    private readonly WorkflowTaskOptions? options;

    public ActivityCall(int id, TurnContext context, string name, Payload input, WorkflowTaskOptions? options)
        : base(id)
    {
        this.context = context;
        this.name = name;
        this.input = input;
        this.options = options;
        IsOpen = true;
    }

    public Task<T> Task => waiting.Task;

    public override string Description => $"activity '{name}'";

    public override bool Made(Proto.HistoryEvent made) => made.TaskScheduled is { } scheduled && SameName(scheduled.Name, name);

    public override Proto.WorkflowAction Action()
    {
        var router = context.Router(options?.TargetAppId);
        var schedule = new Proto.ScheduleTaskAction
        {
            Name = name,
            Input = context.Text(input),
            TaskExecutionId = context.TaskExecutionId(Id, name),
            Router = router,
        };
        if (options is { PropagationScope: not HistoryPropagationScope.None })
        {
            schedule.HistoryPropagationScope = (Proto.HistoryPropagationScope)options.PropagationScope;
        }

        return new Proto.WorkflowAction { Id = Id, ScheduleTask = schedule, Router = router };
    }

    protected override bool IsOutcome(Proto.HistoryEvent outcome) => outcome is { TaskCompleted: not null } or { TaskFailed: not null };

    protected override void End(Proto.HistoryEvent outcome)
    {
        if (outcome.TaskCompleted is { } completed)
        {
            context.Complete(waiting, completed.Result);
        }
        else
        {
            var details = Failures.Read(outcome.TaskFailed.FailureDetails, "Unknown error");
            waiting.SetException(new WorkflowTaskFailedException($"Task failed: {details.ErrorMessage}", details));
        }
    }
}
