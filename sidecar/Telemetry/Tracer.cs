using System.Diagnostics;
using Sidecar.Telemetry.Exporting;

namespace Sidecar.Telemetry;

/// <summary>
/// Makes the spans of one app's sidecar. The ids are <see cref="TraceContext"/>'s, which answers, envelopes and requests carry; only sampled traces
/// are recorded, and only where somebody takes them.
/// </summary>
/// <param name="appId">The app, which is the spans' service name.</param>
/// <param name="time">Clock.</param>
/// <param name="queues">Where spans go; none where tracing is off.</param>
public sealed class Tracer(string appId, TimeProvider time, IReadOnlyList<SpanQueue> queues) : IAsyncDisposable
{
    /// <summary>The scope of daprd's own spans.</summary>
    public const string DaprScope = "dapr-diagnostics";

    /// <summary>The scope of its workflow engine's.</summary>
    public const string WorkflowScope = "durabletask";

    /// <summary>Records nothing.</summary>
    public static Tracer Off { get; } = new("", TimeProvider.System, []);

    /// <summary>The app.</summary>
    public string AppId => appId;

    /// <summary>True where spans go anywhere.</summary>
    public bool IsOn => queues.Count > 0;

    /// <summary>Spans that were lost because an exporter's server is slower than they come, or away.</summary>
    public long Lost => queues.Sum(static q => q.Lost);

    internal TimeProvider Time => time;

    /// <summary>True where a span of this trace would be made; for those who would put a name together for it.</summary>
    public bool Records(TraceContext context) => IsOn && context.IsSampled;

    /// <summary>Begins a span; null where the trace is not sampled, or nobody takes it.</summary>
    public Span? Start(TraceContext context, string name, ActivityKind kind) =>
        Records(context) ? new Span(this, context, name, kind, DaprScope) : null;

    /// <summary>A span of the workflow engine, with the time at which it began.</summary>
    public Span? StartWorkflow(TraceContext context, string name, ActivityKind kind, DateTimeOffset began) =>
        Records(context) ? new Span(this, context, name, kind, WorkflowScope) { Start = began } : null;

    /// <summary>Sends what is left, for a moment, and stops.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(queues.Select(static q => q.DisposeAsync().AsTask()));

    internal void Export(Span span)
    {
        foreach (var queue in queues)
        {
            queue.Add(span);
        }
    }
}
