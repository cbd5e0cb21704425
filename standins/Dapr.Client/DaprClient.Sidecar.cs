namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>Whether the sidecar is ready, which includes that the app listens.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False also where the sidecar cannot be reached.</returns>
    public abstract Task<bool> CheckHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether the sidecar can be called; it does not wait for the app.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False also where the sidecar cannot be reached.</returns>
    public abstract Task<bool> CheckOutboundHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits until the sidecar can be called; asks every 500 ms.</summary>
    /// <param name="cancellationToken">Gives up; without one it waits for ever.</param>
    public abstract Task WaitForSidecarAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the sidecar to shut down.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task ShutdownSidecarAsync(CancellationToken cancellationToken = default);

    /// <summary>What the sidecar says about itself.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<DaprMetadata> GetMetadataAsync(CancellationToken cancellationToken = default);

    /// <summary>Sets a free attribute of the sidecar.</summary>
    /// <param name="attributeName">Name of the attribute.</param>
    /// <param name="attributeValue">Its value.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task SetMetadataAsync(
        string attributeName, string attributeValue, CancellationToken cancellationToken = default);
}
