using System.Diagnostics;
using OpenTelemetry.Exporter.Zipkin.Implementation;

namespace OpenTelemetry.Exporter;

/// <summary>Sends spans to a Zipkin collector as Zipkin v2 JSON, a request per batch. What cannot be sent is dropped.</summary>
[Obsolete(ObsoleteNote)]
public class ZipkinExporter : BaseExporter<Activity>
{
    internal const string ObsoleteNote =
        "The Zipkin exporter is obsolete and will be removed in a future release. "
        + "Consider using the OpenTelemetry.Exporter.OpenTelemetryProtocol NuGet package instead. "
        + "See https://opentelemetry.io/blog/2025/deprecating-zipkin-exporters/ for more information.";

    private readonly ZipkinExporterOptions _options;
    private readonly HttpClient _client;
    private readonly int _chunkBytes;
    private readonly TimeSpan _timeout;
    private readonly List<Activity> _spans = [];
    private LocalEndpoint? _self;

    /// <summary>An exporter with these options that sends by <paramref name="client"/>, or by one of the options' factory.</summary>
    /// <exception cref="InvalidOperationException">There is neither a client nor a factory that makes one.</exception>
    public ZipkinExporter(ZipkinExporterOptions options, HttpClient? client = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _client = client ?? options.HttpClientFactory?.Invoke()
            ?? throw new InvalidOperationException("ZipkinExporter was missing HttpClientFactory or it returned null.");
        _chunkBytes = options.MaxPayloadSizeInBytes is > 0 and var bytes ? bytes : ZipkinExporterOptions.DefaultMaxPayloadSizeInBytes;
        _timeout = options.BatchExportProcessorOptions is { ExporterTimeoutMilliseconds: > 0 and var milliseconds }
            ? TimeSpan.FromMilliseconds(milliseconds)
            : Timeout.InfiniteTimeSpan;
    }

    /// <summary>Sends one batch and waits for the answer, at most OTEL_BSP_EXPORT_TIMEOUT; called by one thread at a time.</summary>
    public override ExportResult Export(in Batch<Activity> batch)
    {
        // Spans about sending spans would never end.
        using var unobserved = SuppressInstrumentationScope.Begin();
        try
        {
            _self ??= LocalEndpoint.Of(ParentProvider.GetResource());

            // A batch can be read once, but a body is written again when a kept connection turns out to be closed.
            foreach (var activity in batch)
            {
                _spans.Add(activity);
            }

            using var deadline = new CancellationTokenSource(_timeout);
            using var content = new SpansContent(_spans, _self, _options.UseShortTraceIds, _chunkBytes);
            using var request = new HttpRequestMessage(HttpMethod.Post, _options.Endpoint) { Content = content };
            using var response = _client.Send(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            response.EnsureSuccessStatusCode();
            return ExportResult.Success;
        }
        catch (Exception e)
        {
            // Whatever it was: telemetry never breaks what it observes.
            ZipkinExporterEventSource.Log.FailedExport(e);
            return ExportResult.Failure;
        }
        finally
        {
            _spans.Clear();
        }
    }
}
