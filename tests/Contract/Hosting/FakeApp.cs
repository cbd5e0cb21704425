using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Sidecar.Hosting;
using Sidecar.Invocation;
using Sidecar.Telemetry;

namespace Tests.Contract.Hosting;

/// <summary>What the app received.</summary>
public sealed record Received(string Method, string Target, Dictionary<string, string> Headers, byte[] Body);

/// <summary>An app on a real socket, with endpoints that answer as their path says, and its channel.</summary>
public sealed class FakeApp : IAppChannel, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1 });

    public AccessControlList? Access { get; set; }

    private FakeApp(string appId, WebApplication app)
    {
        AppId = appId;
        _app = app;
    }

    public string AppId { get; }

    public Uri? BaseAddress { get; private set; }

    public bool IsReady { get; set; } = true;

    public AppTelemetry Telemetry { get; set; } = AppTelemetry.Off;

    /// <summary>While true, /toggle answers 500.</summary>
    public bool Broken { get; set; }

    /// <summary>Completes when the first part of an /upload has come.</summary>
    public TaskCompletionSource UploadBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes the rest of a /stream answer.</summary>
    public TaskCompletionSource StreamGate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<Received> Requests => [.. _received];

    public static async Task<FakeApp> StartAsync(string appId)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.UTF8);
        var app = new FakeApp(appId, builder.Build());
        app._app.Run(app.AnswerAsync);
        await app._app.StartAsync();
        app.BaseAddress = new Uri(app._app.Urls.First());
        return app;
    }

    public Task WhenReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(OneAttempt.Of(request), cancellationToken);

    /// <summary>Closes the port; calls are refused from then on.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        StreamGate.TrySetResult();
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task CopyUploadAsync(Stream from, MemoryStream to)
    {
        var chunk = new byte[1024];
        var read = await from.ReadAsync(chunk);
        to.Write(chunk, 0, read);
        UploadBegun.TrySetResult();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var body = new MemoryStream();
        if (http.Request.Path == "/upload")
        {
            await CopyUploadAsync(http.Request.Body, body);
        }
        await http.Request.Body.CopyToAsync(body);
        var target = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        _received.Enqueue(new Received(
            http.Request.Method, target,
            http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
        var segments = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (segments)
        {
            case ["status", var status]:
                http.Response.StatusCode = int.Parse(status);
                http.Response.ContentType = "text/plain";
                if (status is not ("204" or "304"))
                {
                    await http.Response.WriteAsync($"status {status}");
                }
                break;
            case ["failn", var times, var name]:
                var call = _calls.AddOrUpdate(name, 1, static (_, count) => count + 1);
                http.Response.StatusCode = call <= int.Parse(times) ? 503 : 200;
                await http.Response.WriteAsync(call <= int.Parse(times) ? "not yet" : $"ok after {call}");
                break;
            case ["toggle"]:
                http.Response.StatusCode = Broken ? 500 : 200;
                await http.Response.WriteAsync(Broken ? "toggle bad" : "toggle ok");
                break;
            case ["drop"]:
                http.Abort();
                break;
            case ["upload"]:
                await http.Response.WriteAsync(Encoding.UTF8.GetString(body.ToArray()));
                break;
            case ["hangup"]:
                // In order and without an answer; Abort would reset the connection.
                http.Response.Headers.Connection = "close";
                await http.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport.Output.CompleteAsync();
                break;
            case ["hang"]:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)
                    .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                break;
            case ["stream"]:
                await http.Response.WriteAsync("first");
                await http.Response.Body.FlushAsync();
                await StreamGate.Task;
                await http.Response.WriteAsync("last");
                break;
            case ["headers"]:
                http.Response.Headers.SetCookie = new(["k=v; Path=/", "l=w"]);
                http.Response.Headers.CacheControl = "no-store";
                http.Response.Headers["X-App"] = "yes";
                http.Response.Headers.TraceParent = "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-01";
                await http.Response.WriteAsync("h");
                break;
            case ["utf8"]:
                http.Response.Headers["X-Name"] = http.Request.Headers["X-Name"];
                break;
            case ["redirect"]:
                http.Response.Redirect("/elsewhere");
                break;
            case ["bin"]:
                http.Response.ContentType = "application/octet-stream";
                await http.Response.Body.WriteAsync(new byte[] { 0, 1, 255 });
                break;
            case ["large"]:
                http.Response.ContentLength = 3_000_000;
                await http.Response.Body.WriteAsync(new byte[3_000_000]);
                break;
            default:
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("""{"ok":true}""");
                break;
        }
    }
}
