using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Dapr.AspNetCore.CloudEvents;

/// <summary>
/// Replaces the body of a CloudEvent in structured mode by its data, for the time that the request takes.
/// </summary>
/// <remarks>Source: CloudEvents 1.0.2, JSON event format, section 3.1.</remarks>
internal sealed class CloudEventsMiddleware(RequestDelegate next, CloudEventsMiddlewareOptions options)
{
    private const string EnvelopeContentType = "application/cloudevents+json";
    private const string JsonContentType = "application/json";

    /// <summary>Attributes that are the body, or that come as headers anyway.</summary>
    private static readonly string[] NeverForwarded =
        [Attributes.DataContentType, Attributes.Data, Attributes.DataBase64, "pubsubname", "traceparent"];

    public Task InvokeAsync(HttpContext context) =>
        IsEnvelope(context.Request.ContentType, out var charset) ? UnwrapAsync(context, charset) : next(context);

    private async Task UnwrapAsync(HttpContext context, string charset)
    {
        using var envelope = await ReadAsync(context, charset);
        var attributes = envelope?.RootElement;
        var data = attributes is { ValueKind: JsonValueKind.Object } ? Find(attributes.Value, Attributes.Data) : null;
        var base64 = attributes is { ValueKind: JsonValueKind.Object }
            ? Find(attributes.Value, Attributes.DataBase64)
            : null;
        if (attributes is not { ValueKind: JsonValueKind.Object } || (data is not null && base64 is not null))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var (body, contentType) = Payload(attributes.Value, data, base64);
        if (body is null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        Forward(attributes.Value, context.Request.Headers);
        await NextAsync(context, body, contentType);
    }

    private async Task NextAsync(HttpContext context, byte[] body, string? contentType)
    {
        var request = context.Request;
        var original = (request.Body, request.ContentType, request.ContentLength);
        try
        {
            request.Body = new MemoryStream(body, writable: false);
            request.ContentType = contentType;
            request.ContentLength = body.Length;
            await next(context);
        }
        finally
        {
            (request.Body, request.ContentType, request.ContentLength) = original;
        }
    }

    /// <summary>The body to hand on and its content type; no body where the data is malformed.</summary>
    private (byte[]? Body, string? ContentType) Payload(JsonElement attributes, JsonElement? data, JsonElement? base64)
    {
        if (base64 is { } encoded)
        {
            return encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var bytes)
                ? (bytes, DataContentType(attributes).Value)
                : (null, null);
        }

        if (data is not { } value)
        {
            return ([], null);
        }

        var (contentType, isJson) = DataContentType(attributes);

        // Data that is no JSON has to be a JSON text inside the envelope; anything else is JSON whatever its type says.
        return isJson || value.ValueKind != JsonValueKind.String || options.SuppressJsonDecodingOfTextPayloads
            ? (JsonMarshal.GetRawUtf8Value(value).ToArray(), contentType)
            : (Encoding.UTF8.GetBytes(value.GetString()!), contentType);
    }

    private void Forward(JsonElement attributes, IHeaderDictionary headers)
    {
        if (!options.ForwardCloudEventPropertiesAsHeaders)
        {
            return;
        }

        foreach (var attribute in attributes.EnumerateObject())
        {
            if (IsForwarded(attribute.Name))
            {
                headers.TryAdd(
                    $"Cloudevent.{attribute.Name.ToLowerInvariant()}", attribute.Value.GetRawText().Trim('"'));
            }
        }
    }

    private bool IsForwarded(string name)
    {
        if (Contains(NeverForwarded, name))
        {
            return false;
        }

        return options.IncludedCloudEventPropertiesAsHeaders is { } included
            ? Contains(included, name)
            : options.ExcludedCloudEventPropertiesFromHeaders is not { } excluded || !Contains(excluded, name);
    }

    private static bool Contains(string[] names, string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static async Task<JsonDocument?> ReadAsync(HttpContext context, string charset)
    {
        try
        {
            if (string.Equals(charset, Encoding.UTF8.WebName, StringComparison.OrdinalIgnoreCase))
            {
                return await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            }

            using var reader = new HttpRequestStreamReader(context.Request.Body, Encoding.GetEncoding(charset));
            return JsonDocument.Parse(await reader.ReadToEndAsync());
        }
        catch (Exception malformed) when (malformed is JsonException or ArgumentException)
        {
            // No JSON, or a charset that nobody knows. The official middleware lets this become a 500.
            return null;
        }
    }

    private static JsonElement? Find(JsonElement attributes, string name)
    {
        foreach (var attribute in attributes.EnumerateObject())
        {
            if (attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return attribute.Value;
            }
        }

        return null;
    }

    private static (string Value, bool IsJson) DataContentType(JsonElement attributes)
    {
        if (Find(attributes, Attributes.DataContentType) is not { ValueKind: JsonValueKind.String } attribute
            || !MediaTypeHeaderValue.TryParse(attribute.GetString(), out var parsed))
        {
            return (JsonContentType, true);
        }

        var isJson = parsed.MediaType.Equals(JsonContentType, StringComparison.OrdinalIgnoreCase)
            || parsed.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);
        if (!parsed.Charset.HasValue)
        {
            return (attribute.GetString()!, isJson);
        }

        // What is handed on is UTF-8, whatever the producer wrote.
        parsed.Charset = default;
        return (parsed.ToString(), isJson);
    }

    private static bool IsEnvelope(string? contentType, out string charset)
    {
        charset = Encoding.UTF8.WebName;
        if (contentType is null
            || !contentType.StartsWith(EnvelopeContentType, StringComparison.OrdinalIgnoreCase)
            || !MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            || !parsed.MediaType.Equals(EnvelopeContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        if (parsed.Charset.Length > 0)
        {
            charset = parsed.Charset.Value!;
        }

        return true;
    }

    private static class Attributes
    {
        public const string Data = "data";
        public const string DataBase64 = "data_base64";
        public const string DataContentType = "datacontenttype";
    }
}
