using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Contract.PubSub;

/// <summary>What the app received.</summary>
public sealed record Received(string Path, Dictionary<string, string> Headers, string Body);

/// <summary>What the app answers.</summary>
public sealed record Reply(int Status, string Body = "");

/// <summary>A subscriber on a real port that records what it gets and answers as told.</summary>
public sealed class RecordingApp : IAsyncDisposable
{
    private readonly WebApplication _server;

    private RecordingApp(WebApplication server) => _server = server;

    /// <summary>All but the question for subscriptions, in order of arrival.</summary>
    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <summary>The answer to GET /dapr/subscribe; null for 404.</summary>
    public string? Subscriptions { get; set; }

    /// <summary>Decides the answers; the default is 200 without body.</summary>
    public Func<Received, Task<Reply>> Answer { get; set; } = static _ => Task.FromResult(new Reply(200));

    public Uri Address => new(_server.Urls.Single());

    public static async Task<RecordingApp> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddRouting();
        var app = new RecordingApp(builder.Build());
        app._server.Run(app.HandleAsync);
        await app._server.StartAsync();
        return app;
    }

    public List<Received> On(string path) => [.. Requests.Where(r => r.Path == path)];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Ends at once, without waiting for requests under way.</summary>
    public async Task AbortAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        if (http.Request.Path == "/dapr/subscribe")
        {
            http.Response.StatusCode = Subscriptions is null ? 404 : 200;
            await http.Response.WriteAsync(Subscriptions ?? "");
            return;
        }
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var received = new Received(
            http.Request.Path + http.Request.QueryString,
            http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync());
        Requests.Enqueue(received);
        var reply = await Answer(received);
        http.Response.StatusCode = reply.Status;
        await http.Response.WriteAsync(reply.Body);
    }
}
