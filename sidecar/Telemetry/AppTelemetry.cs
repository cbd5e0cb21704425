using OpenTelemetry.Metrics;
using Sidecar.Components;
using Sidecar.Resources;
using Sidecar.Telemetry.Exporting;
using Sidecar.Telemetry.Metrics;

namespace Sidecar.Telemetry;

/// <summary>What one app's sidecar tells about itself.</summary>
public sealed class AppTelemetry : IAsyncDisposable
{
    /// <summary>Tells nothing.</summary>
    public static AppTelemetry Off { get; } = new();

    /// <summary>The spans.</summary>
    public Tracer Tracer { get; init; } = Tracer.Off;

    /// <summary>The metrics; null where they are off.</summary>
    public SidecarMeter? Meter { get; init; }

    /// <summary>Collects them; null where they are off.</summary>
    public MeterProvider? Metrics { get; init; }

    /// <summary>False where requests pass through without a span of their own: the app's Configuration has no tracing.</summary>
    public bool IsTracing { get; init; } = true;

    /// <summary>What holds for an app: its Configuration, OpenTelemetry's variables, or nothing where those say so.</summary>
    /// <exception cref="Hosting.StartupException">A variable is wrong.</exception>
    public static TracingSettings? Tracing(TracingSettings? configured, Func<string, string?> variable) =>
        OtelEnvironment.IsDisabled(variable) ? null : OtelEnvironment.Complete(configured, variable);

    /// <summary>What holds of the metrics; null where they are off.</summary>
    public static MetricsSettings? MetricsOf(MetricsSettings? configured, Func<string, string?> variable) =>
        OtelEnvironment.IsDisabled(variable) || configured is { Enabled: false } ? null : configured ?? new MetricsSettings();

    /// <summary>Opens what the settings name; nothing is sent before there is something to send.</summary>
    /// <param name="appId">The app.</param>
    /// <param name="tracing">spec.tracing; null where there is none.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">The app's loggers.</param>
    /// <param name="metrics">spec.metrics; null for no metrics.</param>
    /// <param name="metricsPort">Where they are offered.</param>
    public static AppTelemetry Open(
        string appId, TracingSettings? tracing, TimeProvider time, ILoggerFactory loggers, MetricsSettings? metrics = null, int metricsPort = 0)
    {
        var logger = loggers.CreateLogger<Tracer>();
        var tracer = new Tracer(appId, time, [.. Exporters(appId, tracing, logger).Select(e => new SpanQueue(e, time, logger))]);
        var meter = metrics is null ? null : new SidecarMeter($"dapr/{appId}:{metricsPort}", appId, metrics, () => tracer.Lost);
        return new AppTelemetry
        {
            IsTracing = tracing is not null,
            Tracer = tracer,
            Meter = meter,
            Metrics = meter is null ? null : MetricsFace.Collect(meter),
        };
    }

    /// <summary>The stores with what is asked of them counted.</summary>
    public IReadOnlyDictionary<string, IStateStore> Measured(IReadOnlyDictionary<string, IStateStore> stores, TimeProvider time) => Meter is null
        ? stores
        : stores.ToDictionary(s => s.Key, s => (IStateStore)new MeteredStateStore(s.Value, s.Key, Meter, time), StringComparer.Ordinal);

    /// <summary>Counts what the app's sidecar was given.</summary>
    public void Loaded(AppResources resources)
    {
        foreach (var component in Meter is null ? [] : resources.Components)
        {
            Meter!.ComponentLoaded(component.Type);
        }
        foreach (var policies in Meter is null ? [] : resources.Resiliencies)
        {
            Meter!.PolicyLoaded(policies.Name);
        }
    }

    /// <summary>Sends what is left, for a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        await Tracer.DisposeAsync();
        Metrics?.Dispose();
        Meter?.Dispose();
    }

    private static IEnumerable<ISpanExporter> Exporters(string appId, TracingSettings? tracing, ILogger logger)
    {
        if (tracing?.Stdout is true)
        {
            yield return new StdoutExporter(logger);
        }
        if (tracing?.Zipkin is { } zipkin)
        {
            yield return new ZipkinExporter(zipkin, appId);
        }
        if (tracing?.Otel is { } otel)
        {
            yield return new OtlpExporter(otel, appId);
        }
    }
}
