using Sidecar.Workflows.Dispatch;
using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Running;

/// <summary>A worker answers a turn.</summary>
internal sealed class TurnAnswer(WorkflowResponse answer) : Request
{
    private WorkflowResponse _answer = answer;
    private GivenTurn? _given;
    private bool _hasFaulted;

    /// <inheritdoc/>
    public override void Run(InstanceScope scope)
    {
        _given ??= scope.Work.TakeTurn(_answer.CompletionToken);
        if (_given is not { } given || scope.State is not { IsFinished: false } state)
        {
            WorkflowLog.AnswerIgnored(scope.Context.Logger, scope.Id);
            return;
        }
        scope.RetriesStall = false;
        var wrong = new TurnApplier(state, scope.Change, scope.Context.Turn()).Apply(given.Started, given.Taken, _answer);
        if (wrong is not null)
        {
            WorkflowLog.AnswerRefused(scope.Context.Logger, scope.Id, wrong);
        }
        state.NeedsTurn = given.IsUncertain && !state.IsFinished;
        if (state.ContinuedInARow > WorkflowLimits.ContinueAsNewMax)
        {
            scope.PausedUntilMs = scope.Context.NowMs + (long)WorkflowLimits.Pause.TotalMilliseconds;
            WorkflowLog.ContinuesWithoutEnd(scope.Context.Logger, scope.Id, state.ContinuedInARow);
            state.ContinuedInARow = 0;
        }
    }

    /// <inheritdoc/>
    public override bool Faulted(EngineContext context, Exception exception)
    {
        if (_hasFaulted)
        {
            return Failed(context, exception);
        }
        // The same answer would come again and again: the instance fails with the reason instead.
        _hasFaulted = true;
        _answer = new WorkflowResponse { InstanceId = _answer.InstanceId };
        _answer.Actions.Add(ActionEvents.Failure(exception.Message));
        return true;
    }
}

/// <summary>A worker answers an activity.</summary>
internal sealed class ActivityAnswer(ActivityResponse answer) : Request
{
    private ActivityWork? _work;

    /// <inheritdoc/>
    public override void Run(InstanceScope scope)
    {
        _work ??= scope.Work.Activity(answer.TaskId, answer.CompletionToken);
        if (scope.State is not { } state || !state.OpenActivities.TryGetValue(answer.TaskId, out var scheduled) || (_work is null && !IsNamed(state)))
        {
            WorkflowLog.AnswerIgnored(scope.Context.Logger, scope.Id);
            return;
        }
        var execution = state.Start.ExecutionStarted.WorkflowInstance.ExecutionId;
        var given = _work?.GivenAt;
        scope.Change.Activities.Add((scheduled.TaskScheduled.Name, answer.FailureDetails is null, scope.Context.Time.GetUtcNow() - given));
        if (scope.Context.Tracing.Activity(scope.Id, execution, scheduled, given) is { } span)
        {
            scope.Change.Spans.Add(span);
        }
        if (state.IsFinished)
        {
            state.OpenActivities.Remove(answer.TaskId);
            scope.Change.IsChanged = true;
            return;
        }
        var e = Events.ActivityDone(scope.Context.Time.GetUtcNow(), scheduled, answer, scope.Context.AppId);
        state.Accepts(e, source: null);
        scope.AddToInbox(e);
    }

    /// <inheritdoc/>
    public override bool Failed(EngineContext context, Exception exception)
    {
        if (_work is { } work)
        {
            context.Work.AddAgain(work);
        }
        return base.Failed(context, exception);
    }

    // From before a restart, perhaps, and still its answer: it saves a repetition.
    private bool IsNamed(InstanceState state) =>
        answer.CompletionToken == ActivityWork.TokenOf(state.Start.ExecutionStarted.WorkflowInstance.ExecutionId, answer.TaskId);
}
