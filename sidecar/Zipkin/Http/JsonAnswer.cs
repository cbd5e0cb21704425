using System.Text.Json;
using Sidecar.Zipkin.Spans;

namespace Sidecar.Zipkin.Http;

/// <summary>Answers in JSON.</summary>
internal static class JsonAnswer
{
    private const string ContentType = "application/json";

    public static Task NamesAsync(HttpContext http, IEnumerable<string> names) => WriteAsync(http, json =>
    {
        json.WriteStartArray();
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    });

    public static Task TraceAsync(HttpContext http, IEnumerable<Span> trace) => WriteAsync(http, json => SpanWriter.Write(json, trace));

    /// <summary>Each trace goes out before the next is written: a reader that asks for all of them makes no second copy of the store.</summary>
    public static async Task TracesAsync(HttpContext http, IEnumerable<IReadOnlyList<Span>> traces)
    {
        http.Response.ContentType = ContentType;
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartArray();
        foreach (var trace in traces)
        {
            SpanWriter.Write(json, trace);
            await json.FlushAsync(http.RequestAborted);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }

        json.WriteEndArray();
        await json.FlushAsync(http.RequestAborted);
    }

    public static Task LinksAsync(HttpContext http, IEnumerable<DependencyLink> links) => WriteAsync(http, json =>
    {
        json.WriteStartArray();
        foreach (var link in links)
        {
            json.WriteStartObject();
            json.WriteString("parent", link.Parent);
            json.WriteString("child", link.Child);
            json.WriteNumber("callCount", link.CallCount);
            if (link.ErrorCount > 0)
            {
                json.WriteNumber("errorCount", link.ErrorCount);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        http.Response.ContentType = ContentType;
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        write(json);
        await json.FlushAsync(http.RequestAborted);
    }
}
