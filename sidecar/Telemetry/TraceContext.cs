using System.Buffers;
using System.Buffers.Binary;
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
    private const int TraceIdStart = 3;
    private const int TraceIdLength = 32;
    private const int SpanIdStart = 36;
    private const int SpanIdLength = 16;
    private const int FlagsStart = 52;

    // A set of its own: from a text it would be made anew for each header that is read.
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>What a real daprd sends where it has no trace context at all.</summary>
    public const string ZeroTraceParent = "00-00000000000000000000000000000000-0000000000000000-00";

    /// <summary>The <c>traceparent</c> value of the span that this one is below; null for a root, and for a context that is only passed on.</summary>
    public string? Parent { get; init; }

    /// <summary>True where the trace is recorded.</summary>
    public bool IsSampled => TraceParent is { Length: ParentLength } text && IsOdd(text[^1]);

    /// <summary>The trace's id, 32 hexadecimal digits.</summary>
    public string TraceId => HeaderValue.Substring(TraceIdStart, TraceIdLength);

    /// <summary>The span's id, 16 hexadecimal digits.</summary>
    public string SpanId => HeaderValue.Substring(SpanIdStart, SpanIdLength);

    /// <summary>The id of the span that this one is below; null for a root.</summary>
    public string? ParentSpanId => Parent?.Substring(SpanIdStart, SpanIdLength);

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
        var flags = Samples(trace, samplingRate.Value) ? "01" : "00";
        return new($"00-{trace.ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-{flags}", "");
    }

    /// <summary>A new span in the same trace with the same sampling decision; <see cref="None"/> stays as it is.</summary>
    public TraceContext NewChild()
    {
        if (!HasParent)
        {
            return this;
        }
        return Child(ActivitySpanId.CreateRandom().ToHexString());
    }

    /// <summary>The span with this id in the same trace, below this one.</summary>
    public TraceContext Child(string spanId) =>
        new(string.Concat(TraceParent.AsSpan(0, SpanIdStart), spanId, TraceParent.AsSpan(FlagsStart)), TraceState) { Parent = TraceParent };

    /// <summary>True where nobody records what is below this <c>traceparent</c>: known at once, and for most.</summary>
    public static bool IsSurelyUnsampled(string traceParent) => traceParent.Length == ParentLength && !IsOdd(traceParent[^1]);

    private static bool Samples(ActivityTraceId trace, double rate)
    {
        if (rate is <= 0 or >= 1)
        {
            return rate >= 1;
        }
        Span<byte> bytes = stackalloc byte[16];
        trace.CopyTo(bytes);
        // OpenTelemetry's way, so that every sidecar that looks at one trace id decides alike.
        return BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) >> 1 < (ulong)(rate * (1UL << 63));
    }

    private static bool IsValid(string? value)
    {
        if (value is not { Length: ParentLength }
            || !value.StartsWith("00-", StringComparison.Ordinal) || value[35] != '-' || value[FlagsStart] != '-')
        {
            return false;
        }
        var traceId = value.AsSpan(3, 32);
        var spanId = value.AsSpan(SpanIdStart, 16);
        return IsLowerHex(traceId) && IsLowerHex(spanId) && IsLowerHex(value.AsSpan(FlagsStart + 1, 2))
            && traceId.ContainsAnyExcept('0') && spanId.ContainsAnyExcept('0');
    }

    // Of the flags only the lowest bit has a meaning: sampled.
    private static bool IsOdd(char hex) => ((hex <= '9' ? hex : hex - 'a' + 10) & 1) != 0;

    private static bool IsLowerHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(LowerHex);
}
