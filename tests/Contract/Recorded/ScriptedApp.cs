using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Contract.Recorded;

/// <summary>A request that an app got.</summary>
public sealed record SeenCall(string App, string Method, string Target, Dictionary<string, string> Headers, string Body)
{
    /// <summary>The target without its query.</summary>
    public string Path => Target.Split('?')[0];
}

/// <summary>The app that the recordings were made with: its answers follow from the path.</summary>
public sealed class ScriptedApp(string appId, int port) : IAsyncDisposable
{
    private readonly ConcurrentQueue<SeenCall> _all = new();
    private readonly ConcurrentQueue<SeenCall> _pending = new();
    private readonly ConcurrentDictionary<string, RecordedReply> _replies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private WebApplication? _server;

    /// <summary>The answer to GET /dapr/subscribe; null for 404.</summary>
    public string? Subscriptions { get; init; }

    /// <summary>While true, /toggle answers 500.</summary>
    public bool Broken { get; set; }

    /// <summary>Everything, in order.</summary>
    public IReadOnlyCollection<SeenCall> All => _all;

    /// <summary>How many are not yet taken.</summary>
    public int PendingCount => _pending.Count;

    public void Script(RecordedReply reply) => _replies[reply.Path] = reply;

    /// <summary>What came since the last time, but for what daprd asks of its own accord.</summary>
    public List<SeenCall> Take()
    {
        var taken = new List<SeenCall>();
        while (_pending.TryDequeue(out var call))
        {
            taken.Add(call);
        }
        _calls.Clear();
        return taken;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}").ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddRouting();
        _server = builder.Build();
        _server.Run(HandleAsync);
        await _server.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task HandleAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var call = new SeenCall(
            appId, http.Request.Method, http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            http.Request.Headers.ToDictionary(static h => h.Key, static h => string.Join(", ", h.Value.ToArray()), StringComparer.OrdinalIgnoreCase),
            Encoding.UTF8.GetString(body.ToArray()));
        _all.Enqueue(call);
        if (call.Path is not ("/dapr/config" or "/dapr/subscribe" or "/healthz" or "/tick"))
        {
            _pending.Enqueue(call);
        }
        http.Response.Headers.Server = "BaseHTTP/0.6 Python/3.11.7";
        await AnswerAsync(http, call);
    }

    private async Task AnswerAsync(HttpContext http, SeenCall call)
    {
        if (_replies.TryGetValue(call.Path, out var reply))
        {
            await TextAsync(http, reply.Status, reply.Body);
            return;
        }
        switch (call.Path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            case ["dapr", "subscribe"] when Subscriptions is not null:
                await TextAsync(http, 200, Subscriptions, "application/json");
                break;
            case ["dapr", ..] or ["nosuch"]:
                http.Response.StatusCode = 404;
                break;
            case ["bulk"]:
                await TextAsync(http, 200, BulkReply.AllDone(call.Body), "application/json");
                break;
            case [] or ["echo", ..] when appId is "app-a" or "app-b":
                http.Response.Headers["X-App"] = "yes";
                await TextAsync(http, 200, $$"""{"method": "{{call.Method}}", "path": "{{call.Target}}", "n": 1}""", "application/json");
                break;
            case ["status", var status]:
                http.Response.Headers["X-App"] = "s";
                await TextAsync(
                    http, int.Parse(status, CultureInfo.InvariantCulture), status is "204" or "304" ? "" : $"status {status}",
                    status is "304" ? null : "text/plain");
                break;
            case ["failn", var times, _]:
                var count = _calls.AddOrUpdate(call.Path, 1, static (_, n) => n + 1);
                var failed = count <= int.Parse(times, CultureInfo.InvariantCulture);
                await TextAsync(http, failed ? 503 : 200, failed ? "not yet" : $"ok after {count}");
                break;
            case ["toggle"]:
                await TextAsync(http, Broken ? 500 : 200, Broken ? "toggle bad" : "toggle ok");
                break;
            case ["bad"]:
                await TextAsync(http, 500, "x");
                break;
            case ["drop"]:
                await CloseAsync(http);
                break;
            case ["slow"]:
                await TextAsync(http, 200, "slow done");
                break;
            case ["bin"]:
                http.Response.ContentType = "application/octet-stream";
                await http.Response.Body.WriteAsync(new byte[] { 0, 1, 255 });
                break;
            case ["headers"]:
                http.Response.Headers.CacheControl = "no-store";
                http.Response.Headers.ContentLanguage = "en";
                http.Response.Headers.SetCookie = "k=v; Path=/";
                http.Response.Headers["X-Multi"] = "a";
                await TextAsync(http, 200, "h");
                break;
            case ["redirect"]:
                http.Response.Redirect("/elsewhere");
                break;
        }
    }

    // As the recorded app did it: the connection ends in order, without an answer. Abort would reset it.
    private static async Task CloseAsync(HttpContext http)
    {
        http.Response.Headers.Connection = "close";
        await http.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport.Output.CompleteAsync();
    }

    private static async Task TextAsync(HttpContext http, int status, string body, string? contentType = null)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        if (body.Length > 0 && !HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.WriteAsync(body);
        }
    }
}
