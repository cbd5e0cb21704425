using Sidecar.Zipkin.Spans;

namespace Sidecar.Zipkin.Storing;

/// <summary>How much memory a span takes: an estimate from above, because it counts texts that spans share.</summary>
internal static class SpanSize
{
    private const int Object = 176;
    private const int Id = 56;
    private const int EndpointObject = 48;
    private const int Entry = 16;
    private const int TextObject = 22;

    public static int Of(Span span)
    {
        var size = Object + (2 * Id) + Text(span.Name) + Of(span.Local) + Of(span.Remote);
        foreach (var (key, value) in span.Tags)
        {
            size += Entry + Text(key) + Text(value);
        }

        foreach (var annotation in span.Annotations)
        {
            size += Entry + Text(annotation.Value);
        }

        return size;
    }

    private static int Of(SpanEndpoint? endpoint) =>
        endpoint is null ? 0 : EndpointObject + Text(endpoint.ServiceName) + Text(endpoint.IPv4) + Text(endpoint.IPv6);

    private static int Text(string? text) => text is null ? 0 : TextObject + (2 * text.Length);
}
