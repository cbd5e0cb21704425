namespace Sidecar.Telemetry.Exporting;

/// <summary>
/// Writes each span as one line of the sidecar's log, in daprd's words. Source: Dapr 1.18.3, pkg/diagnostics/utils (StdoutExporter).
/// </summary>
public sealed partial class StdoutExporter(ILogger logger) : ISpanExporter
{
    private const string NoParent = "0000000000000000";

    /// <inheritdoc/>
    public string Target => "the log";

    /// <inheritdoc/>
    public Task ExportAsync(IReadOnlyList<Span> spans, CancellationToken cancellationToken)
    {
        foreach (var span in spans)
        {
            LogSpan(
                logger, span.Name, span.Context.TraceId, span.Context.ParentSpanId ?? NoParent, span.Context.SpanId, span.Start,
                span.Start + span.Duration, string.Join(", ", span.Events.Select(static e => e.Name)));
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The log is not this one's.
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "[{Name}] Trace: {TraceId} Span: {ParentId}/{SpanId} Time: [{Start:O} ->  {End:O}] Annotations: [{Annotations}]")]
    private static partial void LogSpan(
        ILogger logger, string name, string traceId, string parentId, string spanId, DateTimeOffset start, DateTimeOffset end, string annotations);
}
