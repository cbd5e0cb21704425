using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace OpenTelemetry.Exporter.Zipkin.Implementation;

/// <summary>A request's body: a batch as a JSON array, written while it is sent.</summary>
internal sealed class SpansContent : HttpContent
{
    private readonly List<Activity> _spans;
    private readonly LocalEndpoint _self;
    private readonly bool _shortTraceIds;
    private readonly int _chunkBytes;

    public SpansContent(List<Activity> spans, LocalEndpoint self, bool shortTraceIds, int chunkBytes)
    {
        (_spans, _self, _shortTraceIds, _chunkBytes) = (spans, self, shortTraceIds, chunkBytes);
        Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartArray();
        foreach (var span in _spans)
        {
            SpanJson.Write(json, span, _self, _shortTraceIds);
            if (json.BytesPending >= _chunkBytes)
            {
                json.Flush();
            }
        }

        json.WriteEndArray();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        SerializeToStream(stream, context, CancellationToken.None);
        return Task.CompletedTask;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
