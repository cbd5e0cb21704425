using System.Diagnostics;
using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Sidecar.Resources;

namespace Sidecar.Telemetry.Exporting;

/// <summary>
/// Sends spans by OTLP, with OpenTelemetry's own exporter. That takes activities, so that each span becomes one here, on the exporter's own time.
/// </summary>
public sealed class OtlpExporter : ISpanExporter
{
    private static readonly ActivitySource DaprSource = new(Tracer.DaprScope);
    private static readonly ActivitySource WorkflowSource = new(Tracer.WorkflowScope);

    // A source makes activities only where somebody listens.
    private static readonly ActivityListener Listener = Listen();

    private readonly Uri _endpoint;
    private readonly OtlpTraceExporter _exporter;
    private readonly TracerProvider _provider;

    /// <summary>Creates the exporter; it connects when it sends.</summary>
    public OtlpExporter(OtelSettings settings, string appId)
    {
        _ = Listener;
        var isGrpc = settings.Protocol == OtelProtocol.Grpc;
        // Dapr's field is host and port; the exporter wants the whole address, by HTTP with the path of the protocol.
        _endpoint = new Uri($"{(settings.IsSecure ? "https" : "http")}://{settings.EndpointAddress}{(isGrpc ? "" : "/v1/traces")}");
        _exporter = new OtlpTraceExporter(new OtlpExporterOptions
        {
            Endpoint = _endpoint,
            Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            Headers = settings.Headers.Count == 0
                ? null
                : string.Join(',', settings.Headers.Select(static h => $"{h.Key}={Uri.EscapeDataString(h.Value)}")),
            TimeoutMilliseconds = (int)(settings.Timeout ?? TelemetryLimits.ExportTimeout).TotalMilliseconds,
        });
        // For the resource: an exporter learns it from its provider.
        _provider = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.Clear().AddService(appId, autoGenerateServiceInstanceId: false))
            .AddProcessor(new Holder(_exporter))
            .Build();
    }

    /// <inheritdoc/>
    public string Target => $"OTLP at {_endpoint}";

    /// <inheritdoc/>
    public async Task ExportAsync(IReadOnlyList<Span> spans, CancellationToken cancellationToken)
    {
        var activities = spans.Select(ToActivity).ToArray();
        // The exporter waits for its answer on the caller's thread.
        var result = await Task.Run(() => _exporter.Export(new Batch<Activity>(activities, activities.Length)), cancellationToken)
            .WaitAsync(cancellationToken);
        if (result != ExportResult.Success)
        {
            throw new IOException("the collector did not take them");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _provider.Dispose();

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => ReferenceEquals(source, DaprSource) || ReferenceEquals(source, WorkflowSource),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static Activity ToActivity(Span span)
    {
        var trace = ActivityTraceId.CreateFromString(span.Context.TraceId);
        var parent = span.Context.ParentSpanId is { } id ? ActivitySpanId.CreateFromString(id) : default;
        var source = span.Scope == Tracer.WorkflowScope ? WorkflowSource : DaprSource;
        var activity = source.CreateActivity(
            span.Name, span.Kind, new ActivityContext(trace, parent, ActivityTraceFlags.Recorded, span.Context.TraceState, isRemote: true))!;
        activity.SetStartTime(span.Start.UtcDateTime);
        activity.Start();
        SpanIdOf(activity) = span.Context.SpanId;
        foreach (var (key, value) in span.Tags)
        {
            activity.SetTag(key, value);
        }
        foreach (var noted in span.Events)
        {
            activity.AddEvent(new ActivityEvent(
                noted.Name, noted.Time, [.. noted.Values.Select(static v => KeyValuePair.Create<string, object?>(v.Key, v.Value))]));
        }
        if (span.Error is { } error)
        {
            activity.SetStatus(ActivityStatusCode.Error, error);
        }
        activity.SetEndTime(span.Start.UtcDateTime + span.Duration);
        activity.Stop();
        return activity;
    }

    // An activity draws its own id, and .NET has no way to give it one; but this span's has gone out already, in headers, envelopes and a workflow's
    // history. durabletask-go does the same to its spans, for the same reason (api/helpers/tracing.go, ChangeSpanID). A test would notice a .NET
    // without this field.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanIdOf(Activity activity);

    private sealed class Holder(BaseExporter<Activity> exporter) : BaseExportProcessor<Activity>(exporter)
    {
        protected override void OnExport(Activity data)
        {
            // Batches are handed to the exporter directly.
        }
    }
}
