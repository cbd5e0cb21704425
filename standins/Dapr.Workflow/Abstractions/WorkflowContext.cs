using Microsoft.Extensions.Logging;

namespace Dapr.Workflow;

/// <summary>What a workflow may ask about its own run.</summary>
public interface IWorkflowContext
{
    /// <summary>Whether the code repeats what it has done in an earlier turn.</summary>
    bool IsReplaying { get; }

    /// <summary>The time of the turn, the same on every replay. UTC.</summary>
    DateTime CurrentUtcDateTime { get; }

    /// <summary>
    /// Whether this instance takes the changed code: true for one that comes here for the first time, and from then on
    /// always; false for one that was past this place before the change.
    /// </summary>
    /// <param name="patchName">Names the change.</param>
    bool IsPatched(string patchName);
}

/// <summary>The instance's history and its means to act. Every task to await in a workflow comes from here.</summary>
public abstract class WorkflowContext : IWorkflowContext
{
    /// <summary>Made by the worker.</summary>
    protected WorkflowContext()
    {
    }

    /// <summary>The workflow's name.</summary>
    public abstract string Name { get; }

    /// <summary>The instance's id.</summary>
    public abstract string InstanceId { get; }

    /// <inheritdoc />
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <inheritdoc />
    public abstract bool IsReplaying { get; }

    /// <inheritdoc />
    public abstract bool IsPatched(string patchName);

    /// <summary>Calls an activity.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="input">What it takes.</param>
    /// <param name="options">How it is called.</param>
    /// <exception cref="WorkflowTaskFailedException">It failed, and its retries are used up.</exception>
    public virtual Task CallActivityAsync(string name, object? input = null, WorkflowTaskOptions? options = null) =>
        CallActivityAsync<object>(name, input, options);

    /// <summary>Calls an activity and returns its result.</summary>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="input">What it takes.</param>
    /// <param name="options">How it is called.</param>
    /// <exception cref="WorkflowTaskFailedException">It failed, and its retries are used up.</exception>
    public abstract Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null);

    /// <summary>A durable timer.</summary>
    /// <param name="delay">How long from <see cref="CurrentUtcDateTime"/> on.</param>
    /// <param name="cancellationToken">Ends the wait; the timer itself still fires, unseen.</param>
    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken = default) =>
        CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);

    /// <summary>A durable timer.</summary>
    /// <param name="fireAt">When it fires, UTC.</param>
    /// <param name="cancellationToken">Ends the wait; the timer itself still fires, unseen.</param>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for an event from outside. Events that came before are kept and taken in their order; each serves one
    /// wait. Names are compared without case.
    /// </summary>
    /// <typeparam name="T">What the event carries.</typeparam>
    /// <param name="eventName">The event's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default);

    /// <summary>Waits for an event from outside, but not for ever.</summary>
    /// <typeparam name="T">What the event carries.</typeparam>
    /// <param name="eventName">The event's name.</param>
    /// <param name="timeout">How long; a durable timer.</param>
    /// <exception cref="TaskCanceledException">The event did not come in time.</exception>
    public virtual async Task<T> WaitForExternalEventAsync<T>(string eventName, TimeSpan timeout)
    {
        using var timerEnd = new CancellationTokenSource();
        using var waitEnd = new CancellationTokenSource();
        var late = CreateTimer(timeout, timerEnd.Token);
        var raised = WaitForExternalEventAsync<T>(eventName, waitEnd.Token);
        var first = await Task.WhenAny(late, raised);
        await (first == raised ? timerEnd : waitEnd).CancelAsync();
        return await raised;
    }

    /// <summary>Raises an event of another instance. daprd 1.18 cannot do it.</summary>
    /// <param name="instanceId">The other instance.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="payload">What it carries.</param>
    public abstract void SendEvent(string instanceId, string eventName, object payload);

    /// <summary>Sets what a client sees as the instance's custom status, from the end of the turn on.</summary>
    /// <param name="customStatus">The status; null for none.</param>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Runs another workflow and returns its result.</summary>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="workflowName">Its name.</param>
    /// <param name="input">What it takes.</param>
    /// <param name="options">How it is called.</param>
    /// <exception cref="WorkflowTaskFailedException">It failed, and its retries are used up.</exception>
    public abstract Task<TResult> CallChildWorkflowAsync<TResult>(
        string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null);

    /// <summary>Runs another workflow.</summary>
    /// <param name="workflowName">Its name.</param>
    /// <param name="input">What it takes.</param>
    /// <param name="options">How it is called.</param>
    /// <exception cref="WorkflowTaskFailedException">It failed, and its retries are used up.</exception>
    public virtual Task CallChildWorkflowAsync(
        string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) =>
        CallChildWorkflowAsync<object>(workflowName, input, options);

    /// <summary>A logger that is silent while the code repeats what it has done before.</summary>
    /// <param name="categoryName">Names the log.</param>
    public abstract ILogger CreateReplaySafeLogger(string categoryName);

    /// <summary>A logger that is silent while the code repeats what it has done before.</summary>
    /// <param name="type">Names the log.</param>
    public abstract ILogger CreateReplaySafeLogger(Type type);

    /// <summary>A logger that is silent while the code repeats what it has done before.</summary>
    /// <typeparam name="T">Names the log.</typeparam>
    public abstract ILogger CreateReplaySafeLogger<T>();

    /// <summary>Starts the instance anew with another input and an empty history. Return right after it.</summary>
    /// <param name="newInput">The input.</param>
    /// <param name="preserveUnprocessedEvents">Whether events that nobody has taken go along.</param>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    /// <summary>An id that is the same on every replay.</summary>
    public abstract Guid NewGuid();

    /// <summary>What the caller handed on of its history; null for nothing.</summary>
    public abstract PropagatedHistory? GetPropagatedHistory();
}
