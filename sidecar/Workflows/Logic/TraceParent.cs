using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>W3C trace context of a workflow: copied, not interpreted, where the sidecar itself does not trace.</summary>
internal static class TraceParent
{
    private const int Length = 55;
    private const int SpanAt = 36;
    private const int SpanLength = 16;

    /// <summary>What of a caller's context is kept: daprd drops the deprecated span id.</summary>
    public static TraceContext? Keep(TraceContext? context) =>
        context is null ? null : new TraceContext { TraceParent = context.TraceParent, TraceState = context.TraceState };

    /// <summary>The span id in a context; null where there is none.</summary>
    public static string? SpanOf(TraceContext? context) =>
        context?.TraceParent is { Length: >= Length } text ? text.Substring(SpanAt, SpanLength) : null;

    /// <summary>What an instance's activities and children are below: its own span, in its caller's trace.</summary>
    public static TraceContext? Below(ExecutionStartedEvent start) =>
        start.ParentTraceContext is { TraceParent: { Length: >= Length } text } above && start.WorkflowSpanID is { Length: SpanLength } id
            && SpanOf(above) != id
            ? new TraceContext
            {
                TraceParent = string.Concat(text.AsSpan(0, SpanAt), id, text.AsSpan(SpanAt + SpanLength)),
                TraceState = above.TraceState,
            }
            : start.ParentTraceContext;

    /// <summary>A new root for the next generation of a traced workflow, so that an endless one does not grow one endless trace.</summary>
    public static TraceContext? NewRoot(TraceContext? old, Func<Guid> newId)
    {
        if (old is null)
        {
            return null;
        }
        var flags = old.TraceParent is { Length: >= Length } text ? text[^2..] : "00";
        // The last half of an id is its random one.
        return new TraceContext { TraceParent = $"00-{newId():N}-{newId().ToString("N")[SpanLength..]}-{flags}" };
    }
}
