namespace Orders.Orchestrating;

/// <summary>What Orders needs of the workflow engine.</summary>
internal interface IWorkflowEngine
{
    /// <summary>Starts an instance; one that runs already is left alone.</summary>
    Task StartAsync(string workflow, string instanceId, object input, CancellationToken cancellationToken);

    /// <summary>
    /// Tells an instance of an event. False where there is no instance that could act on it: unknown, failed, terminated or stalled (Dapr
    /// refuses it events until its code fits its history again, which may be never). True for one that has completed: it has seen what the
    /// event tells, or needed not.
    /// </summary>
    Task<bool> RaiseAsync(string instanceId, string eventName, object payload, CancellationToken cancellationToken);

    /// <summary>True where no instance of that id carries its work out any more, or ever has: unknown, failed, terminated or stalled.</summary>
    Task<bool> IsGoneAsync(string instanceId, CancellationToken cancellationToken);
}
