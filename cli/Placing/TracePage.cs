using System.Diagnostics;

namespace Cli.Placing;

/// <summary>Where traces are seen: the pages of the Zipkin that spans go to, a real one's or the sidecar's; both have the same addresses.</summary>
/// <param name="Collector">Where spans are sent.</param>
internal sealed record TracePage(Uri Collector)
{
    private const string Variable = "OTEL_EXPORTER_ZIPKIN_ENDPOINT";
    private const string DefaultCollector = "http://localhost:9411/api/v2/spans";

    /// <summary>That of the apps: OTEL_EXPORTER_ZIPKIN_ENDPOINT where it is set, else this machine's port 9411.</summary>
    public static TracePage Default { get; } = new(
        Uri.TryCreate(Environment.GetEnvironmentVariable(Variable), UriKind.Absolute, out var given) ? given : new Uri(DefaultCollector));

    /// <summary>The list of traces.</summary>
    public Uri Address => new(Collector, "/zipkin/");

    /// <summary>The page of one trace.</summary>
    public Uri Of(string traceId) => new(Address, $"traces/{traceId}");

    /// <summary>The trace id of a W3C traceparent; null where the text is none.</summary>
    public static string? TraceIdOf(string? traceparent) =>
        ActivityContext.TryParse(traceparent, traceState: null, out var context) ? context.TraceId.ToHexString() : null;
}
