namespace Sidecar.Workflows;

/// <summary>
/// Dapr's errors carry the errors below them as Go prints those. Both faces need the same words, and only differ in what they put
/// before them. Source: recorded answers of Dapr 1.18.3.
/// </summary>
internal static class WorkflowErrorText
{
    /// <summary>The error as one that is wrapped in another.</summary>
    public static string Wrapped(WorkflowException e) =>
        e.Error == WorkflowError.NoStore ? $"api error: code = Internal desc = {e.Message}" : e.Message;

    /// <summary>The same for the start of an instance, which has passed one more call inside Dapr.</summary>
    public static string WrappedStart(WorkflowException e) => e.Error switch
    {
        WorkflowError.AlreadyExists => $"rpc error: code = AlreadyExists desc = {e.Message}",
        WorkflowError.NoStore => Wrapped(e),
        _ => $"rpc error: code = Unknown desc = {e.Message}",
    };
}
