using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter.Zipkin.Implementation;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Exporter;

/// <summary>Where spans go, and how they are batched.</summary>
[Obsolete(ZipkinExporter.ObsoleteNote)]
public sealed class ZipkinExporterOptions
{
    /// <summary>Bytes of JSON that are gathered before they go on their way.</summary>
    internal const int DefaultMaxPayloadSizeInBytes = 4096;

    /// <summary>The environment variable that names the collector (OpenTelemetry's specification).</summary>
    internal const string EndpointVariable = "OTEL_EXPORTER_ZIPKIN_ENDPOINT";

    /// <summary>What <see cref="HttpClientFactory"/> is until somebody sets it.</summary>
    internal static readonly Func<HttpClient> DefaultHttpClientFactory = static () => new HttpClient();

    private const string DefaultEndpoint = "http://localhost:9411/api/v2/spans";

    /// <summary>Options of the environment: OTEL_EXPORTER_ZIPKIN_ENDPOINT, OTEL_BSP_*.</summary>
    public ZipkinExporterOptions()
        : this(new ConfigurationBuilder().AddEnvironmentVariables().Build(), new BatchExportActivityProcessorOptions())
    {
    }

    internal ZipkinExporterOptions(IConfiguration configuration, BatchExportActivityProcessorOptions batch)
    {
        BatchExportProcessorOptions = batch;
        if (configuration[EndpointVariable] is not { Length: > 0 } given)
        {
            return;
        }

        if (Uri.TryCreate(given, UriKind.Absolute, out var endpoint))
        {
            Endpoint = endpoint;
        }
        else
        {
            ZipkinExporterEventSource.Log.InvalidConfigurationValue(EndpointVariable, given);
        }
    }

    /// <summary>The collector; OTEL_EXPORTER_ZIPKIN_ENDPOINT where that is set, else http://localhost:9411/api/v2/spans.</summary>
    public Uri Endpoint { get; set; } = new(DefaultEndpoint);

    /// <summary>True for trace ids of 64 bits: the right half.</summary>
    public bool UseShortTraceIds { get; set; }

    /// <summary>
    /// Bytes of JSON after which a part of the body is sent, 4096 by default. As in the official package this bounds a chunk of the
    /// request, not the request, which holds one batch.
    /// </summary>
    public int? MaxPayloadSizeInBytes { get; set; } = DefaultMaxPayloadSizeInBytes;

    /// <summary>Whether spans are sent in batches (the default) or one by one, by the thread that ends them.</summary>
    public ExportProcessorType ExportProcessorType { get; set; } = ExportProcessorType.Batch;

    /// <summary>How spans are batched: how many, how often, how many may wait, how long a request may take.</summary>
    public BatchExportProcessorOptions<Activity> BatchExportProcessorOptions { get; set; }

    /// <summary>
    /// Makes the client that sends, once. Unless it is set, the client is that of the application's IHttpClientFactory by the name
    /// "ZipkinExporter" where it has one, else a new one.
    /// </summary>
    public Func<HttpClient> HttpClientFactory { get; set; } = DefaultHttpClientFactory;
}
