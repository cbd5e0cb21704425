using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sidecar.Http;

/// <summary>Writes answers.</summary>
internal static class Answers
{
    private const string Json = "application/json";

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly byte[] InvalidToken = "invalid api token\n"u8.ToArray();

    private static readonly ApiError NoAppId =
        new(404, "ERR_DIRECT_INVOKE", "failed getting app id either from the URL path or the header dapr-app-id");

    /// <summary>204.</summary>
    public static Task Empty(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>What daprd answers to every path and method it does not know.</summary>
    public static Task NotFound(HttpContext http) => Error(http, NoAppId);

    /// <summary>401 in plain text.</summary>
    public static Task Unauthorized(HttpContext http)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return Bytes(http, StatusCodes.Status401Unauthorized, "text/plain; charset=utf-8", InvalidToken);
    }

    /// <summary>200 with JSON.</summary>
    public static Task Ok(HttpContext http, ReadOnlySpan<byte> json) => Bytes(http, StatusCodes.Status200OK, Json, json);

    /// <summary>200 with JSON that <paramref name="write"/> writes, ended by a line feed as Go's encoder ends it.</summary>
    public static Task Ok(HttpContext http, Action<Utf8JsonWriter> write) => Written(http, StatusCodes.Status200OK, write, "\n"u8);

    /// <summary>An error in Dapr's form.</summary>
    public static Task Error(HttpContext http, ApiError error) => Written(http, error.Status, writer => Write(writer, error), []);

    /// <summary>Any JSON with any status.</summary>
    public static Task Written(HttpContext http, int status, Action<Utf8JsonWriter> write, ReadOnlySpan<byte> end)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, JsonOptions))
        {
            write(writer);
        }
        buffer.Write(end);
        return Bytes(http, status, Json, buffer.WrittenSpan);
    }

    private static Task Bytes(HttpContext http, int status, string contentType, ReadOnlySpan<byte> body)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            // Not flushed here: the server sends headers and body in one piece when the request ends.
            response.BodyWriter.Write(body);
        }
        return Task.CompletedTask;
    }

    private static void Write(Utf8JsonWriter writer, ApiError error)
    {
        writer.WriteStartObject();
        writer.WriteString("errorCode"u8, error.ErrorCode);
        writer.WriteString("message"u8, error.Message);
        if (error.Details is { Count: > 0 })
        {
            writer.WriteStartArray("details"u8);
            foreach (var detail in error.Details)
            {
                Write(writer, detail);
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ErrorDetail detail)
    {
        writer.WriteStartObject();
        switch (detail)
        {
            case ErrorInfo info:
                writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.ErrorInfo"u8);
                writer.WriteString("domain"u8, "dapr.io"u8);
                WriteMetadata(writer, info.Metadata);
                writer.WriteString("reason"u8, info.Reason);
                break;
            case ResourceInfo resource:
                writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.ResourceInfo"u8);
                writer.WriteString("description"u8, resource.Description);
                writer.WriteString("owner"u8, ""u8);
                writer.WriteString("resource_name"u8, resource.ResourceName);
                writer.WriteString("resource_type"u8, resource.ResourceType);
                break;
            case BadRequestInfo bad:
                writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.BadRequest"u8);
                writer.WriteStartArray("field_violations"u8);
                writer.WriteStartObject();
                writer.WriteString("field"u8, bad.Field);
                writer.WriteString("description"u8, bad.Description);
                writer.WriteEndObject();
                writer.WriteEndArray();
                break;
        }
        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            writer.WriteNull("metadata"u8);
            return;
        }
        writer.WriteStartObject("metadata"u8);
        foreach (var (name, value) in metadata)
        {
            writer.WriteString(name, value);
        }
        writer.WriteEndObject();
    }
}
