namespace Sidecar.Zipkin;

/// <summary>
/// Limits of the embedded Zipkin. Sketch: an order leaves 40 to 60 spans of about 0.6 KB of JSON each; a hundred thousand spans are two thousand
/// orders, hours of looking around and some minutes of a sampled load, and take about 65 MiB (measured by TraceStoreTests).
/// </summary>
internal static class ZipkinLimits
{
    /// <summary>Spans that are kept; the traces that came first leave first.</summary>
    public const int SpansMax = 100_000;

    /// <summary>Memory that spans may take, bytes; by an estimate that counts shared texts for each span, so usually a third of it.</summary>
    public const long BytesMax = 256L << 20;

    /// <summary>Spans of one trace; more are not kept, so that one that never ends leaves room for others.</summary>
    public const int SpansOfTraceMax = 20_000;

    /// <summary>Body of a request, unpacked, bytes: what a real Zipkin accepts (Armeria's default).</summary>
    public const int BodyMax = 10 << 20;

    /// <summary>
    /// Connections at once: some for each app, sidecar and page. With <see cref="BodyMax"/> they bound what bodies that come slowly hold: 1 GiB.
    /// </summary>
    public const int ConnectionsMax = 100;

    /// <summary>How deep unknown fields may nest.</summary>
    public const int DepthMax = 32;

    /// <summary>Texts of one span in all, bytes: no one span fills the store.</summary>
    public const int SpanBytesMax = 1 << 20;

    /// <summary>How many trace ids one request may name (Zipkin's own limit).</summary>
    public const int TraceIdsMax = 1000;

    /// <summary>Conditions in one annotationQuery (Zipkin's own limit).</summary>
    public const int ConditionsMax = 100;

    /// <summary>Values that are offered for a tag.</summary>
    public const int TagValuesMax = 1000;

    /// <summary>How far back a query looks that does not say it: a day, Zipkin's QUERY_LOOKBACK.</summary>
    public const long DefaultLookbackMilliseconds = 86_400_000;

    /// <summary>Traces that a query gets that does not say how many.</summary>
    public const int DefaultTraces = 10;

    /// <summary>Texts that are kept once instead of once per span; a power of two.</summary>
    public const int SharedTexts = 8192;

    /// <summary>Characters of a text that is worth sharing.</summary>
    public const int SharedTextMax = 128;
}
