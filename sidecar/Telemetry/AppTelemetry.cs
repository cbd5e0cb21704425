using Sidecar.Resources;
using Sidecar.Telemetry.Exporting;

namespace Sidecar.Telemetry;

/// <summary>What one app's sidecar tells about itself.</summary>
public sealed class AppTelemetry : IAsyncDisposable
{
    /// <summary>Tells nothing.</summary>
    public static AppTelemetry Off { get; } = new();

    /// <summary>The spans.</summary>
    public Tracer Tracer { get; init; } = Tracer.Off;

    /// <summary>False where requests pass through without a span of their own: the app's Configuration has no tracing.</summary>
    public bool IsTracing { get; init; } = true;

    /// <summary>What holds for an app: its Configuration, OpenTelemetry's variables, or nothing where those say so.</summary>
    /// <exception cref="Hosting.StartupException">A variable is wrong.</exception>
    public static TracingSettings? Tracing(TracingSettings? configured, Func<string, string?> variable) =>
        OtelEnvironment.IsDisabled(variable) ? null : OtelEnvironment.Complete(configured, variable);

    /// <summary>Opens what the settings name; nothing is sent before there is something to send.</summary>
    /// <param name="appId">The app.</param>
    /// <param name="tracing">spec.tracing; null where there is none.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">The app's loggers.</param>
    public static AppTelemetry Open(string appId, TracingSettings? tracing, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<Tracer>();
        return new AppTelemetry
        {
            IsTracing = tracing is not null,
            Tracer = new Tracer(appId, time, [.. Exporters(appId, tracing, logger).Select(e => new SpanQueue(e, time, logger))]),
        };
    }

    /// <summary>Sends what is left, for a moment.</summary>
    public ValueTask DisposeAsync() => Tracer.DisposeAsync();

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
