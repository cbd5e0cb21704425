using Wire.Workflow;
using Case = Wire.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Sidecar.Workflows.Logic;

/// <summary>
/// Tells answers that no right worker gives. daprd repeats such a turn for ever; here the instance fails with the reason, because
/// the same code would give the same answer again.
/// </summary>
internal static class AnswerCheck
{
    /// <summary>What is wrong with an answer; null where nothing is.</summary>
    /// <param name="state">The instance before the answer.</param>
    /// <param name="taken">Inbox entries that the turn held.</param>
    /// <param name="answer">The answer.</param>
    public static string? Refusal(InstanceState state, int taken, WorkflowResponse answer)
    {
        var tasks = new HashSet<int>();
        var timers = new HashSet<int>();
        var children = new HashSet<int>();
        foreach (var action in answer.Actions)
        {
            var wrong = action.WorkflowActionTypeCase switch
            {
                WorkflowAction.WorkflowActionTypeOneofCase.None => $"action {action.Id} is of an unknown type",
                WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask => Task(state, taken, tasks, action),
                WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer => Timer(state, taken, timers, action),
                WorkflowAction.WorkflowActionTypeOneofCase.CreateChildWorkflow => Child(state, taken, children, action),
                WorkflowAction.WorkflowActionTypeOneofCase.SendEvent when string.IsNullOrEmpty(action.SendEvent.Instance?.InstanceId) =>
                    $"action {action.Id} sends event '{action.SendEvent.Name}' to no instance",
                WorkflowAction.WorkflowActionTypeOneofCase.TerminateWorkflow when action.TerminateWorkflow.InstanceId.Length == 0 =>
                    $"action {action.Id} terminates no instance",
                WorkflowAction.WorkflowActionTypeOneofCase.CreateDetachedWorkflow =>
                    InstanceId.Refusal(Detached(state, action)) is { } reason ? $"action {action.Id}: {reason}" : null,
                WorkflowAction.WorkflowActionTypeOneofCase.CompleteWorkflow when !IsEnd(action.CompleteWorkflow.WorkflowStatus) =>
                    $"a workflow cannot be completed as {action.CompleteWorkflow.WorkflowStatus}",
                _ => null,
            };
            if (wrong is not null)
            {
                return wrong;
            }
        }
        return null;
    }

    private static string? Task(InstanceState state, int taken, HashSet<int> tasks, WorkflowAction action) =>
        tasks.Add(action.Id)
        && !IsOpen(state, taken, state.OpenActivities.ContainsKey(action.Id), action.Id, Case.TaskCompleted, Case.TaskFailed)
            ? null : $"the id {action.Id} of activity '{action.ScheduleTask.Name}' belongs to an activity that has not answered yet";

    private static string? Timer(InstanceState state, int taken, HashSet<int> timers, WorkflowAction action) =>
        timers.Add(action.Id)
        && !IsOpen(state, taken, state.OpenTimers.ContainsKey(action.Id), action.Id, Case.TimerFired, Case.TimerFired)
            ? null : $"the id {action.Id} of a timer belongs to a timer that has not fired yet";

    private static string? Child(InstanceState state, int taken, HashSet<int> children, WorkflowAction action)
    {
        var child = action.CreateChildWorkflow;
        if (!children.Add(action.Id) || IsOpen(state, taken, state.OpenChildren.ContainsKey(action.Id), action.Id,
            Case.ChildWorkflowInstanceCompleted, Case.ChildWorkflowInstanceFailed))
        {
            return $"the id {action.Id} of child workflow '{child.Name}' belongs to a child that has not ended yet";
        }
        return child.InstanceId.Length > 0 && InstanceId.Refusal(child.InstanceId) is { } reason ? $"action {action.Id}: {reason}" : null;
    }

    private static string Detached(InstanceState state, WorkflowAction action) =>
        action.CreateDetachedWorkflow.InstanceId is { Length: > 0 } id ? id : Children.IdOf(state.Id, action.Id);

    // Answers that have come but that the turn did not hold would be taken for those of the new one.
    private static bool IsOpen(InstanceState state, int taken, bool isOpen, int id, Case done, Case failed) =>
        (isOpen && !Resolution.IsAmong(state.Inbox, 0, taken, id, done, failed))
        || Resolution.IsAmong(state.Inbox, taken, state.Inbox.Count, id, done, failed);

    private static bool IsEnd(OrchestrationStatus status) => status is OrchestrationStatus.Completed or OrchestrationStatus.Failed
        or OrchestrationStatus.Canceled or OrchestrationStatus.Terminated or OrchestrationStatus.ContinuedAsNew;
}
