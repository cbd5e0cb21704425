using System.Net;
using Microsoft.AspNetCore.Connections;
using Sidecar.Zipkin.Http;
using Sidecar.Zipkin.Storing;

namespace Sidecar.Zipkin;

/// <summary>
/// A Zipkin for machines without one: takes spans, answers Zipkin's v2 API and shows traces at /zipkin/. On loopback only, spans in memory only, gone
/// with this process.
/// </summary>
internal sealed class ZipkinServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private ZipkinServer(WebApplication server, Uri endpoint)
    {
        _server = server;
        Page = new Uri(endpoint, "/zipkin/");
    }

    /// <summary>Where traces are seen.</summary>
    public Uri Page { get; }

    /// <summary>True where spans for this endpoint stay on this machine, so that this server can be what they are sent to.</summary>
    public static bool CanBe(Uri endpoint) => endpoint.Scheme == Uri.UriSchemeHttp && SameSite.IsLoopback(endpoint.Host);

    /// <summary>Opens the endpoint's port; null where something listens there already, such as a real Zipkin.</summary>
    public static async Task<ZipkinServer?> OpenAsync(Uri endpoint, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var server = Build(endpoint, time, loggers);
        try
        {
            await server.StartAsync(cancellationToken);
            return new ZipkinServer(server, endpoint);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await server.DisposeAsync();
            return null;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // What reads a page does not keep the host from ending.
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }

    private static WebApplication Build(Uri endpoint, TimeProvider time, ILoggerFactory loggers)
    {
        // An empty builder: nothing of this process's environment or files may change how it listens.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "sidecar" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ZipkinLimits.BodyMax;
            kestrel.Limits.MaxConcurrentConnections = ZipkinLimits.ConnectionsMax;
            kestrel.Listen(IPAddress.TryParse(endpoint.Host.Trim('[', ']'), out var address) ? address : IPAddress.Loopback, endpoint.Port);
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var server = builder.Build();
        server.Use(static (http, next) => SameSite.Allows(http.Request)
            ? next(http)
            : TextAnswer.WriteAsync(http, StatusCodes.Status403Forbidden, "only for pages and programs of this machine"));
        var store = new TraceStore();
        server.MapPost("/api/v2/spans", new CollectorApi(store).AcceptAsync);
        new QueryApi(store, time).Map(server);
        server.MapGet("/health", static http => JsonAnswer.WriteAsync(http, static json =>
        {
            json.WriteStartObject();
            json.WriteString("status", "UP");
            json.WriteEndObject();
        }));
        TracePages.Map(server);
        return server;
    }

    /// <summary>Signals belong to the host.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
