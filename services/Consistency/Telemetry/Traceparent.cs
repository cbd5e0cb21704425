namespace Consistency.Telemetry;

/// <summary>
/// A trace context as text, as rows and envelopes keep it. Source: W3C Trace Context, section 3.2: version, trace id, span id, flags, with
/// hyphens between them; later versions may add to the end.
/// </summary>
public static class Traceparent
{
    private const int LengthMin = 55;
    private const int TraceIdStart = 3;
    private const int TraceIdLength = 32;

    /// <summary>True if the trace is recorded: whoever goes on with it records, too. False for what is no trace context.</summary>
    public static bool IsSampled(string? traceparent) =>
        traceparent is { Length: >= LengthMin } && (traceparent[LengthMin - 1] is '1' or '3' or '5' or '7' or '9' or 'b' or 'd' or 'f');

    /// <summary>True if both are of one trace, recorded.</summary>
    internal static bool IsSameTrace(string? one, string? other) =>
        IsSampled(one) && IsSampled(other)
        && one.AsSpan(TraceIdStart, TraceIdLength).SequenceEqual(other.AsSpan(TraceIdStart, TraceIdLength));
}
