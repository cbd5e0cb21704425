using System.IO.Compression;
using Sidecar.Http;
using Sidecar.Zipkin.Spans;
using Sidecar.Zipkin.Storing;

namespace Sidecar.Zipkin.Http;

/// <summary>POST /api/v2/spans: JSON, plain or gzip. 202 when the spans are kept; 400 with the reason when they are none.</summary>
internal sealed class CollectorApi(TraceStore store)
{
    private const string Json = "application/json";

    private readonly SpanReader _reader = new(new SharedTexts());

    public async Task AcceptAsync(HttpContext http)
    {
        // Without a content type it is JSON, as for Zipkin.
        if (http.Request.ContentType is { Length: > 0 } type && !type.StartsWith(Json, StringComparison.OrdinalIgnoreCase))
        {
            await TextAnswer.WriteAsync(http, StatusCodes.Status415UnsupportedMediaType, $"'{type}' is not supported here; send {Json}");
            return;
        }

        try
        {
            Unpack(http.Request);
            using var body = await RequestBody.ReadAsync(http, ZipkinLimits.BodyMax);
            if (body.Memory.Length > 0)
            {
                store.Add(_reader.Read(body.Memory.Span));
            }

            http.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        catch (SpanFormatException e)
        {
            await TextAnswer.WriteAsync(http, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (InvalidDataException)
        {
            await TextAnswer.WriteAsync(http, StatusCodes.Status400BadRequest, "Cannot gunzip spans");
        }
        catch (Exception e) when (e is BodyTooLargeException or BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            await TextAnswer.WriteAsync(
                http, StatusCodes.Status413PayloadTooLarge, $"more than {ZipkinLimits.BodyMax} bytes of spans; send them in several requests");
        }
    }

    private static void Unpack(HttpRequest request)
    {
        switch (request.Headers.ContentEncoding.ToString().ToLowerInvariant())
        {
            case "" or "identity":
                return;
            case "gzip":
                request.Body = new GZipStream(request.Body, CompressionMode.Decompress);
                // The header counts packed bytes; how many it becomes is seen while reading.
                request.ContentLength = null;
                return;
            case var other:
                throw new SpanFormatException($"Content-Encoding '{other}' is not supported; gzip is");
        }
    }
}
