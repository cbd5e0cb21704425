namespace Sidecar.Workflows.Running;

/// <summary>
/// Something that happens to one instance. Operations on an instance run one after the other; several may share one transaction,
/// and only when that is committed does anybody hear of them.
/// </summary>
internal abstract class Operation
{
    /// <summary>True for what makes or removes an instance: it begins a transaction of its own.</summary>
    public virtual bool IsBarrier => false;

    /// <summary>Changes the instance in memory and says what is to be stored.</summary>
    /// <exception cref="WorkflowException">The operation is refused and has changed nothing.</exception>
    public abstract void Run(InstanceScope scope);

    /// <summary>The change is stored.</summary>
    public virtual void Committed(InstanceScope scope)
    {
    }

    /// <summary>The operation was refused, or its change could not be stored. True to try it again in a while.</summary>
    public virtual bool Failed(EngineContext context, Exception exception) => false;

    /// <summary>The operation threw what it should not. True to try it again at once.</summary>
    public virtual bool Faulted(EngineContext context, Exception exception) => false;
}

/// <summary>An operation that a caller waits for.</summary>
internal abstract class Request : Operation
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the change is stored, or fails with the reason why it is not.</summary>
    public Task Done => _done.Task;

    /// <inheritdoc/>
    public override void Committed(InstanceScope scope) => _done.TrySetResult();

    /// <inheritdoc/>
    public override bool Failed(EngineContext context, Exception exception)
    {
        _done.TrySetException(exception);
        return false;
    }

    /// <inheritdoc/>
    public override bool Faulted(EngineContext context, Exception exception) => Failed(context, exception);
}

/// <summary>An operation threw what it should not.</summary>
internal sealed class OperationFault(Operation operation, Exception exception) : Exception(exception.Message, exception)
{
    /// <summary>The operation.</summary>
    public Operation Operation => operation;
}
