namespace Sidecar.Telemetry.Exporting;

/// <summary>Takes batches of spans, one after the other.</summary>
public interface ISpanExporter : IDisposable
{
    /// <summary>Where they go, for the log.</summary>
    string Target { get; }

    /// <summary>Sends a batch; throws where it could not be sent.</summary>
    Task ExportAsync(IReadOnlyList<Span> spans, CancellationToken cancellationToken);
}
