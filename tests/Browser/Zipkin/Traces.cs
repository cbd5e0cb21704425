using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Zipkin;
using Tests.Servers;

namespace Tests.Browser.Zipkin;

/// <summary>The embedded Zipkin on a port of its own, and what it is told.</summary>
internal sealed class Traces : IAsyncDisposable
{
    private readonly HttpClient _client = new();
    private readonly ZipkinServer _server;
    private readonly Uri _collector;
    private int _ids;

    private Traces(ZipkinServer server, Uri collector) => (_server, _collector) = (server, collector);

    public static async Task<Traces> StartAsync()
    {
        var collector = new Uri($"http://localhost:{LoopbackPort.Free()}/api/v2/spans");
        var server = await ZipkinServer.OpenAsync(collector, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        return new Traces(server!, collector);
    }

    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;

    public string NewTraceId() => NewId().PadLeft(32, 'a');

    public string NewId() => (++_ids).ToString("x16", CultureInfo.InvariantCulture);

    public string Page(string path = "") => new Uri(_server.Page, path).AbsoluteUri;

    /// <summary>A span that began so many milliseconds after <paramref name="start"/> (microseconds).</summary>
    public JsonObject Span(
        string traceId, string? parent, string service, string name, long start, double afterMs, double ms, params (string Key, string Value)[] tags)
    {
        var span = new JsonObject
        {
            ["traceId"] = traceId,
            ["id"] = NewId(),
            ["name"] = name,
            ["timestamp"] = start + (long)(afterMs * 1000),
            ["duration"] = (long)(ms * 1000),
            ["localEndpoint"] = new JsonObject { ["serviceName"] = service },
            ["tags"] = new JsonObject(tags.Select(t => KeyValuePair.Create<string, JsonNode?>(t.Key, t.Value))),
        };
        if (parent is not null)
        {
            span["parentId"] = parent;
        }

        return span;
    }

    public async Task ReportAsync(params JsonObject[] spans)
    {
        using var answer = await _client.PostAsJsonAsync(_collector, new JsonArray([.. spans]));
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }
}
