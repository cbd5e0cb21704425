namespace Dapr.Workflow;

/// <summary>An activity or a child workflow failed.</summary>
public class WorkflowTaskFailedException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="failureDetails">Why it failed.</param>
    public WorkflowTaskFailedException(string message, WorkflowTaskFailureDetails failureDetails)
        : base(message)
    {
        ArgumentNullException.ThrowIfNull(failureDetails);
        FailureDetails = failureDetails;
    }

    /// <summary>Why it failed.</summary>
    public WorkflowTaskFailureDetails FailureDetails { get; }
}

/// <summary>Why an activity, a child workflow or a workflow failed, as its worker reported it.</summary>
/// <param name="errorType">Full name of the exception's type, or a name of the runtime's: <c>WorkflowNotFound</c>.</param>
/// <param name="errorMessage">The exception's message.</param>
/// <param name="stackTrace">Where it was thrown.</param>
public class WorkflowTaskFailureDetails(string errorType, string errorMessage, string? stackTrace = null)
{
    /// <summary>Full name of the exception's type, or a name of the runtime's: <c>WorkflowNotFound</c>.</summary>
    public string ErrorType { get; } = errorType ?? throw new ArgumentNullException(nameof(errorType));

    /// <summary>The exception's message.</summary>
    public string ErrorMessage { get; } = errorMessage ?? throw new ArgumentNullException(nameof(errorMessage));

    /// <summary>Where it was thrown.</summary>
    public string? StackTrace { get; } = stackTrace;

    /// <summary>
    /// Whether the error is a <typeparamref name="T"/>. As in the official package only exceptions of the core library
    /// are recognized, because the name carries no assembly: compare <see cref="ErrorType"/> for others.
    /// </summary>
    /// <typeparam name="T">The exception or a base of it.</typeparam>
    public bool IsCausedBy<T>()
        where T : Exception
    {
        try
        {
            return Type.GetType(ErrorType, throwOnError: false) is { } type && typeof(T).IsAssignableFrom(type);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or IOException or BadImageFormatException)
        {
            // The name comes from another process, in whatever language: one that is no name of a type is no T.
            return false;
        }
    }

    /// <summary>Type and message.</summary>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";
}
