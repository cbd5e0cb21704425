namespace Sidecar.Workflows;

/// <summary>What kind of error a workflow call met; the faces turn it into a gRPC status or an HTTP status.</summary>
public enum WorkflowError
{
    /// <summary>No such instance.</summary>
    NotFound,

    /// <summary>An active instance has that id.</summary>
    AlreadyExists,

    /// <summary>The request cannot be right whatever the instance's state: an illegal id, an unknown event id, too large.</summary>
    InvalidArgument,

    /// <summary>The instance's state forbids it: not finished, stalled.</summary>
    NotAllowed,

    /// <summary>The app has no store that keeps workflows.</summary>
    NoStore,
}

/// <summary>A workflow call that is refused.</summary>
/// <param name="error">Kind.</param>
/// <param name="message">Dapr's text, without what a face puts before it.</param>
public sealed class WorkflowException(WorkflowError error, string message) : Exception(message)
{
    /// <summary>Kind.</summary>
    public WorkflowError Error { get; } = error;
}
