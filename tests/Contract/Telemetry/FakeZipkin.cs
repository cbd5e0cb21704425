using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tests.Contract.Telemetry;

/// <summary>A span as a collector gets it.</summary>
public sealed record ZipkinSpan(JsonElement Json)
{
    public string TraceId => Text("traceId")!;

    public string Id => Text("id")!;

    public string? ParentId => Text("parentId");

    public string Name => Text("name")!;

    /// <summary>Null for an internal one.</summary>
    public string? Kind => Text("kind");

    public string Service => Json.GetProperty("localEndpoint").GetProperty("serviceName").GetString()!;

    public string? Remote => Json.TryGetProperty("remoteEndpoint", out var remote) ? remote.GetProperty("serviceName").GetString() : null;

    public long Start => Json.GetProperty("timestamp").GetInt64();

    public long End => Start + Json.GetProperty("duration").GetInt64();

    public IReadOnlyList<string> Annotations => Json.TryGetProperty("annotations", out var all)
        ? [.. all.EnumerateArray().Select(static a => a.GetProperty("value").GetString()!)]
        : [];

    public Dictionary<string, string> Tags => Json.GetProperty("tags").EnumerateObject().ToDictionary(
        static t => t.Name, static t => t.Value.GetString()!, StringComparer.Ordinal);

    /// <summary>Name, kind and service: <c>pubsub/t CLIENT app-a</c>.</summary>
    public string Short => $"{Name} {Kind ?? "-"} {Service}";

    private string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.GetString() : null;
}

/// <summary>A Zipkin collector on a real socket that keeps what it gets.</summary>
public sealed class FakeZipkin : IAsyncDisposable
{
    private readonly ConcurrentQueue<ZipkinSpan> _spans = new();
    private readonly WebApplication _app;

    private FakeZipkin(WebApplication app) => _app = app;

    /// <summary>Where spans are posted.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Completes the answers; until it does none is given.</summary>
    public TaskCompletionSource Answering { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first request has come.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<ZipkinSpan> Spans => [.. _spans];

    public static async Task<FakeZipkin> StartAsync(bool hangs = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var zipkin = new FakeZipkin(builder.Build());
        if (!hangs)
        {
            zipkin.Answering.SetResult();
        }
        zipkin._app.Run(zipkin.TakeAsync);
        await zipkin._app.StartAsync();
        zipkin.Address = new Uri(zipkin._app.Urls.First() + "/api/v2/spans");
        return zipkin;
    }

    /// <summary>The spans of a trace, once there are so many.</summary>
    public async Task<IReadOnlyList<ZipkinSpan>> TraceAsync(string traceId, int count)
    {
        await Eventually.HoldsAsync(
            () => Task.FromResult(Of(traceId).Count >= count),
            () => $"{Of(traceId).Count} of {count} spans came: {string.Join(", ", Of(traceId).Select(static s => s.Short))}; in all {Spans.Count}.");
        return Of(traceId);
    }

    public IReadOnlyList<ZipkinSpan> Of(string traceId) => [.. Spans.Where(s => s.TraceId == traceId)];

    public async ValueTask DisposeAsync()
    {
        Answering.TrySetResult();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        var spans = await JsonDocument.ParseAsync(http.Request.Body);
        Asked.TrySetResult();
        await Answering.Task;
        foreach (var span in spans.RootElement.EnumerateArray())
        {
            _spans.Enqueue(new ZipkinSpan(span));
        }
        http.Response.StatusCode = StatusCodes.Status202Accepted;
    }
}

/// <summary>What holds of every trace.</summary>
internal static class Traces
{
    /// <summary>Every parent is a span of the trace, or the caller's own.</summary>
    public static void HaveNoOrphans(IReadOnlyList<ZipkinSpan> spans, string? caller = null)
    {
        var ids = spans.Select(static s => s.Id).Append(caller).ToHashSet();
        spans.Where(s => s.ParentId is not null && !ids.Contains(s.ParentId)).Select(static s => s.Short).ShouldBeEmpty();
        spans.Select(static s => s.Id).ShouldBeUnique();
    }
}
