using Microsoft.Extensions.Primitives;

namespace Sidecar.Telemetry;

/// <summary>
/// The trace context of gRPC calls: <c>grpc-trace-bin</c>, and <c>traceparent</c> with <c>tracestate</c> where that is missing.
/// Source: OpenCensus "BinaryEncoding"; recorded answers of Dapr 1.18.3.
/// </summary>
internal static class GrpcTrace
{
    /// <summary>Name of the binary form.</summary>
    public const string BinaryName = "grpc-trace-bin";

    // Version, then each field with its number before it: trace id (0), span id (1), flags (2).
    private const int Length = 29;
    private const int TraceStart = 2;
    private const int SpanNumber = 18;
    private const int SpanStart = 19;
    private const int FlagsNumber = 27;
    private const int FlagsStart = 28;

    /// <summary>The context of a call to the sidecar.</summary>
    public static TraceContext Of(IHeaderDictionary metadata, double? samplingRate) =>
        TraceContext.ForRequest(Decode(metadata[BinaryName]) ?? metadata.TraceParent, metadata.TraceState, samplingRate);

    /// <summary>The binary form, all zero where nothing is traced, without padding as Dapr sends it.</summary>
    public static string Encode(TraceContext trace)
    {
        var parent = trace.HeaderValue;
        var bytes = new byte[Length];
        Convert.FromHexString(parent.AsSpan(3, 32), bytes.AsSpan(TraceStart, 16), out _, out _);
        bytes[SpanNumber] = 1;
        Convert.FromHexString(parent.AsSpan(36, 16), bytes.AsSpan(SpanStart, 8), out _, out _);
        bytes[FlagsNumber] = 2;
        Convert.FromHexString(parent.AsSpan(53, 2), bytes.AsSpan(FlagsStart, 1), out _, out _);
        return Convert.ToBase64String(bytes).TrimEnd('=');
    }

    private static string? Decode(StringValues header)
    {
        if (header is not [{ Length: 39 or 40 } value])
        {
            return null;
        }
        Span<byte> bytes = stackalloc byte[30];
        return Convert.TryFromBase64String(value.PadRight(40, '='), bytes, out var length) && length == Length
            && bytes[0] == 0 && bytes[1] == 0 && bytes[SpanNumber] == 1 && bytes[FlagsNumber] == 2
            ? $"00-{Hex(bytes[TraceStart..SpanNumber])}-{Hex(bytes[SpanStart..FlagsNumber])}-{Hex(bytes[FlagsStart..Length])}"
            : null;
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
