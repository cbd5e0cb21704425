using Sidecar.Workflows;

namespace Sidecar.Http;

/// <summary>
/// The workflow API's error answers, wrapped as often as Dapr wraps them. Source: recorded answers of Dapr 1.18.3. (The "%!(EXTRA" is
/// Go's complaint about a format string without a place for an argument; callers may look for what it contains.)
/// </summary>
internal static class WorkflowErrors
{
    public static readonly ApiError TooLong =
        new(400, "ERR_INSTANCE_ID_TOO_LONG", $"workflow instance ID exceeds the max length of {WorkflowApi.InstanceIdBytesMax} characters");

    public static readonly ApiError NoId = new(400, "ERR_INSTANCE_ID_PROVIDED_MISSING", "no instance ID was provided");

    public static readonly ApiError NoName = new(400, "ERR_WORKFLOW_NAME_MISSING", "workflow name is not configured");

    public static readonly ApiError NoEventName = new(400, "ERR_WORKFLOW_EVENT_NAME_MISSING", "missing workflow event name");

    public static ApiError Invalid(string id) => new(
        400, "ERR_INSTANCE_ID_INVALID", $"workflow instance ID '{id}' is invalid: only alphanumeric and underscore characters are allowed");

    public static ApiError BodyRead(Exception e) => new(400, "ERR_BODY_READ", $"failed to read request body: {e.Message}");

    public static ApiError NotFound(string id) =>
        new(404, "ERR_INSTANCE_ID_NOT_FOUND", $"unable to find workflow with the provided instance ID: {id}");

    public static ApiError Start(string name, WorkflowException e) => Start(name, WorkflowErrorText.WrappedStart(e));

    public static ApiError Start(string name, string problem) => Failed(
        "ERR_START_WORKFLOW", $"error starting workflow '{name}': unable to start workflow: failed to start workflow: {problem}");

    public static ApiError Get(string id, WorkflowException e) => Failed(
        "ERR_GET_WORKFLOW",
        $"error while getting workflow info on instance '{id}': failed to get workflow metadata for '{id}': "
        + $"failed to fetch workflow metadata: {WorkflowErrorText.Wrapped(e)}");

    public static ApiError Terminate(string id, WorkflowException e) =>
        NotFoundBelow(id, e, "failed to submit termination request:: ") ?? Failed(
            "ERR_TERMINATE_WORKFLOW",
            $"error terminating workflow '{id}': failed to terminate workflow {id}: "
            + $"failed to submit termination request:: {WorkflowErrorText.Wrapped(e)}");

    public static ApiError Pause(string id, WorkflowException e) => Failed(
        "ERR_PAUSE_WORKFLOW",
        $"error pausing workflow {id}: failed to pause workflow {id}: failed to suspend workflow: {WorkflowErrorText.Wrapped(e)}");

    public static ApiError Resume(string id, WorkflowException e) => Failed(
        "ERR_RESUME_WORKFLOW",
        $"error resuming workflow {id}: failed to resume workflow {id}: failed to resume workflow: {WorkflowErrorText.Wrapped(e)}");

    public static ApiError RaiseEvent(string id, string name, WorkflowException e) => Failed(
        "ERR_RAISE_EVENT_WORKFLOW",
        $"error raising event on workflow '{id}': failed to raise event {name} on workflow {id}: "
        + $"failed to raise event: {WorkflowErrorText.Wrapped(e)}");

    public static ApiError Purge(string id, WorkflowException e) =>
        NotFoundBelow(id, e, "failed to purge workflow state: ") ?? Failed(
            "ERR_PURGE_WORKFLOW",
            $"error purging workflow {id}: failed to Purge workflow {id}: failed to purge workflow state: {WorkflowErrorText.Wrapped(e)}");

    private static ApiError? NotFoundBelow(string id, WorkflowException e, string prefix) =>
        e.Error == WorkflowError.NotFound ? NotFound($"{id}%!(EXTRA *fmt.wrapError={prefix}{e.Message})") : null;

    private static ApiError Failed(string code, string message) => new(500, code, message);
}
