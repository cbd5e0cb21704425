using Sidecar.Components;

namespace Sidecar.Telemetry.Metrics;

/// <summary>
/// Counts what a state store is asked. The operation is told by what reaches the store: a transaction of saves alone counts as one save.
/// </summary>
internal sealed class MeteredStateStore(IStateStore store, string name, SidecarMeter meter, TimeProvider time) : IStateStore
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities => store.Capabilities;

    /// <inheritdoc/>
    public string? QueryRefusal => store.QueryRefusal;

    /// <inheritdoc/>
    public string TtlParser => store.TtlParser;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StateItem>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var (began, success) = (time.GetTimestamp(), false);
        try
        {
            var items = await store.GetAsync(keys, cancellationToken);
            success = true;
            return items;
        }
        finally
        {
            meter.StateInvoked(name, keys.Count == 1 ? "get" : "bulk_get", success, time.GetElapsedTime(began));
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        var (began, success) = (time.GetTimestamp(), false);
        try
        {
            await store.WriteAsync(writes, cancellationToken);
            success = true;
        }
        finally
        {
            meter.StateInvoked(name, OperationOf(writes), success, time.GetElapsedTime(began));
        }
    }

    /// <summary>The store is the host's, and closed by it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string OperationOf(IReadOnlyList<StateWrite> writes)
    {
        var deletes = writes.Count(static w => w.Value is null);
        return deletes == 0 ? "set" : deletes < writes.Count ? "transaction" : deletes == 1 ? "delete" : "bulk_delete";
    }
}
