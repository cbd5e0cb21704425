using System.Diagnostics;

namespace Sidecar.Telemetry;

/// <summary>
/// The W3C trace context that a request runs under: what the answer's <c>Traceparent</c> header says, what the envelope of a
/// published message carries, and what the app sees as parent. Source: W3C Trace Context, level 1.
/// </summary>
/// <param name="TraceParent">The <c>traceparent</c> value, or empty where nothing is traced.</param>
/// <param name="TraceState">The <c>tracestate</c> value, or empty.</param>
public readonly record struct TraceContext(string TraceParent, string TraceState)
{
    private const int ParentLength = 55;
    private const int SpanIdStart = 36;
    private const int FlagsStart = 52;

    /// <summary>What a real daprd sends where it has no trace context at all.</summary>
    public const string ZeroTraceParent = "00-00000000000000000000000000000000-0000000000000000-00";

    /// <summary>No trace.</summary>
    public static TraceContext None => new("", "");

    /// <summary>True if there is a trace to continue.</summary>
    public bool HasParent => !string.IsNullOrEmpty(TraceParent);

    /// <summary>The header value to send: <see cref="TraceParent"/>, or the all-zero one as daprd does.</summary>
    public string HeaderValue => HasParent ? TraceParent : ZeroTraceParent;

    /// <summary>
    /// The context of a request to the sidecar. Without tracing (<paramref name="samplingRate"/> null) the caller's context is
    /// passed through as it is; with tracing a span is started: below the caller's, whose sampling decision holds, or as a new root.
    /// </summary>
    /// <param name="traceParent">The caller's header; ignored where it is malformed.</param>
    /// <param name="traceState">The caller's header; dropped without a valid parent.</param>
    /// <param name="samplingRate">Fraction (0 to 1) of new traces that are sampled; null where tracing is off.</param>
    public static TraceContext ForRequest(string? traceParent, string? traceState, double? samplingRate)
    {
        var valid = IsValid(traceParent);
        if (samplingRate is null)
        {
            return valid ? new(traceParent!, traceState ?? "") : None;
        }
        if (valid)
        {
            return new TraceContext(traceParent!, traceState ?? "").NewChild();
        }
        var trace = ActivityTraceId.CreateRandom();
        var flags = IsSampled(trace, samplingRate.Value) ? "01" : "00";
        return new($"00-{trace.ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-{flags}", "");
    }

    /// <summary>A new span in the same trace with the same sampling decision; <see cref="None"/> stays as it is.</summary>
    public TraceContext NewChild()
    {
        if (!HasParent)
        {
            return this;
        }
        var span = ActivitySpanId.CreateRandom().ToHexString();
        return new(string.Concat(TraceParent.AsSpan(0, SpanIdStart), span, TraceParent.AsSpan(FlagsStart)), TraceState);
    }

    private static bool IsSampled(ActivityTraceId trace, double rate)
    {
        if (rate is <= 0 or >= 1)
        {
            return rate >= 1;
        }
        Span<byte> bytes = stackalloc byte[16];
        trace.CopyTo(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) < rate * uint.MaxValue;
    }

    private static bool IsValid(string? value)
    {
        if (value is not { Length: ParentLength } || !value.StartsWith("00-") || value[35] != '-' || value[FlagsStart] != '-')
        {
            return false;
        }
        var traceId = value.AsSpan(3, 32);
        var spanId = value.AsSpan(SpanIdStart, 16);
        return IsLowerHex(traceId) && IsLowerHex(spanId) && IsLowerHex(value.AsSpan(FlagsStart + 1, 2))
            && traceId.ContainsAnyExcept('0') && spanId.ContainsAnyExcept('0');
    }

    private static bool IsLowerHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept("0123456789abcdef");
}
