using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tests.Unit.StandIns.Zipkin;

/// <summary>Takes spans on a port of its own, and keeps them.</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<JsonElement> _spans = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    private FakeCollector(WebApplication app) => _app = app;

    public Uri Endpoint => new($"{_app.Urls.Single()}/api/v2/spans");

    public IReadOnlyList<JsonElement> Spans => [.. _spans];

    public int Requests => Volatile.Read(ref _requests);

    public string? ContentType { get; private set; }

    public bool HadTraceparent { get; private set; }

    public static async Task<FakeCollector> StartAsync(int status = StatusCodes.Status202Accepted, bool silent = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var collector = new FakeCollector(builder.Build());
        collector._app.MapPost("/api/v2/spans", async (HttpRequest request) =>
        {
            Interlocked.Increment(ref collector._requests);
            collector.ContentType = request.ContentType;
            collector.HadTraceparent |= request.Headers.ContainsKey("traceparent");
            if (silent)
            {
                await collector._gone.Task;
            }

            using var body = await JsonDocument.ParseAsync(request.Body);
            foreach (var span in body.RootElement.EnumerateArray())
            {
                collector._spans.Enqueue(span.Clone());
            }

            return Results.StatusCode(status);
        });
        await collector._app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        _gone.TrySetResult();
        await _app.DisposeAsync();
    }
}
