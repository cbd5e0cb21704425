using System.Diagnostics;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Exporter;

/// <summary>Where spans go, and how they are batched.</summary>
public sealed class ZipkinExporterOptions
{
    /// <summary>Longest body of one request, bytes.</summary>
    internal const int DefaultMaxPayloadSizeInBytes = 4096;

    private const string DefaultEndpoint = "http://localhost:9411/api/v2/spans";

    /// <summary>The collector; OTEL_EXPORTER_ZIPKIN_ENDPOINT where that is set.</summary>
    public Uri Endpoint { get; set; } = new(Environment.GetEnvironmentVariable("OTEL_EXPORTER_ZIPKIN_ENDPOINT") is { Length: > 0 } given ? given : DefaultEndpoint);

    /// <summary>True for trace ids of 64 bits.</summary>
    public bool UseShortTraceIds { get; set; }

    /// <summary>Longest body of one request, bytes.</summary>
    public int? MaxPayloadSizeInBytes { get; set; } = DefaultMaxPayloadSizeInBytes;

    /// <summary>Whether spans are sent in batches (the default) or one by one, by the thread that ends them.</summary>
    public ExportProcessorType ExportProcessorType { get; set; } = ExportProcessorType.Batch;

    /// <summary>How spans are batched: how many, how often, how many may wait.</summary>
    public BatchExportProcessorOptions<Activity> BatchExportProcessorOptions { get; set; } = new BatchExportActivityProcessorOptions();

    /// <summary>Makes the client that sends.</summary>
    public Func<HttpClient> HttpClientFactory { get; set; } = static () => new HttpClient();
}
