namespace Sidecar.Zipkin.Spans;

/// <summary>What was sent are no spans; the message says why, in Zipkin's words where it has some.</summary>
internal sealed class SpanFormatException(string message) : Exception(message);
