namespace Sidecar.Workflows.Running;

/// <summary>
/// The time of a finished instance has passed: it is forgotten, its children not, as each has a time of its own. Runs in turn with
/// whatever else happens to the id, so that one that was started again meanwhile, which has another key, is kept.
/// </summary>
internal sealed class ExpireOperation(long key) : Request
{
    /// <inheritdoc/>
    public override bool IsBarrier => true;

    /// <inheritdoc/>
    public override void Run(InstanceScope scope)
    {
        if (scope.State is { IsFinished: true } state && state.Key == key)
        {
            scope.Delete(state);
        }
    }
}
