using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tests.System.Traces;

/// <summary>A Zipkin that only takes in: what processes under test tell of themselves.</summary>
internal sealed class ZipkinCollector : IAsyncDisposable
{
    private const string Path = "/api/v2/spans";
    private readonly ConcurrentQueue<SeenSpan> spans = new();
    private readonly WebApplication app;

    private ZipkinCollector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost(Path, async (HttpContext http) =>
        {
            foreach (var span in (await http.Request.ReadFromJsonAsync<List<SeenSpan>>(JsonSerializerOptions.Web))!)
            {
                spans.Enqueue(span);
            }

            return Results.Accepted();
        });
    }

    /// <summary>What exporters are told.</summary>
    public Uri Endpoint => new(app.Urls.Single() + Path);

    public static async Task<ZipkinCollector> StartAsync()
    {
        var collector = new ZipkinCollector();
        await collector.app.StartAsync();
        return collector;
    }

    public IReadOnlyList<SeenSpan> All => [.. spans];

    /// <summary>What has come of a trace so far.</summary>
    public SeenTrace Trace(string traceId) => new(traceId, [.. spans.Where(s => s.TraceId == traceId)]);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
