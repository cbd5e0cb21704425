using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Sidecar.Resources;

namespace Sidecar.Telemetry.Metrics;

/// <summary>
/// The metrics of one app's sidecar: daprd's names, labels, units and buckets. Each part lies in a file of its own, as in Dapr 1.18.3,
/// pkg/diagnostics.
/// </summary>
public sealed partial class SidecarMeter : IDisposable
{
    // Namespaces are Kubernetes'; outside of it daprd's label is empty.
    private const string Namespace = "";

    private const string True = "true";
    private const string False = "false";

    // In milliseconds. Source: pkg/config/configuration.go (GetLatencyDistribution).
    private static readonly double[] LatencyBounds =
    [
        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800,
        1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
    ];

    // In bytes. Source: pkg/diagnostics/metrics.go (defaultSizeDistribution).
    private static readonly double[] SizeBounds =
    [
        1 << 10, 2 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20, 1 << 30, 4L << 30,
    ];

    private readonly Meter _meter;
    private readonly string _appId;
    private readonly MetricsSettings _settings;
    private readonly double[] _latencyBounds;

    /// <summary>Creates the meter.</summary>
    /// <param name="name">No other meter of the process has it, so that each port shows its own app's metrics only.</param>
    /// <param name="appId">The app.</param>
    /// <param name="settings">spec.metrics.</param>
    /// <param name="lostSpans">Spans that could not be sent, so far.</param>
    public SidecarMeter(string name, string appId, MetricsSettings settings, Func<long> lostSpans)
    {
        (_meter, _appId, _settings) = (new Meter(name), appId, settings);
        _latencyBounds = settings.LatencyBuckets is { } bounds ? [.. bounds] : LatencyBounds;
        CreateHttp();
        CreateGrpc();
        CreateComponents();
        CreateInvocation();
        CreateWorkflows();
        // The only one that daprd does not have.
        _meter.CreateObservableCounter(
            "dapr_sidecar_spans_lost_total", () => new Measurement<long>(lostSpans(), new KeyValuePair<string, object?>("app_id", appId)), null,
            "Spans that were dropped because no collector took them.");
    }

    /// <summary>Its name.</summary>
    public string Name => _meter.Name;

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private Counter<long> Count(string name, string help) => _meter.CreateCounter<long>(name, null, help);

    // Names carry no units: Prometheus' exporter would append them.
    private Histogram<double> Latency(string name, string help) => Distribution(name, help, _latencyBounds);

    private Histogram<double> Size(string name, string help) => Distribution(name, help, SizeBounds);

    private Histogram<double> Distribution(string name, string help, double[] bounds) =>
        _meter.CreateHistogram(name, null, help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    // Daprd's labels in the order in which Prometheus shows them: by name.
    private TagList Tags(string key, string value) => new() { { "app_id", _appId }, { key, value } };

    private TagList Tags(string key, string value, string other, string otherValue) =>
        new() { { "app_id", _appId }, { key, value }, { other, otherValue } };

    private static string Of(bool value) => value ? True : False;

    private static string Of(int status) => status switch
    {
        200 => "200",
        202 => "202",
        204 => "204",
        404 => "404",
        500 => "500",
        _ => status.ToString(CultureInfo.InvariantCulture),
    };

    // Daprd counts whole milliseconds where it counts HTTP and gRPC.
    private static double Whole(TimeSpan elapsed) => Math.Floor(elapsed.TotalMilliseconds);
}
