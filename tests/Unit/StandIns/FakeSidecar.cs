using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Dapr.Client;

namespace Tests.Unit.StandIns;

/// <summary>A sidecar that records what it is asked and answers what the test says, on a real socket.</summary>
internal sealed class FakeSidecar : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SidecarRequest> _requests = new();
    private readonly ConcurrentDictionary<string, byte> _connections = new();
    private Func<SidecarRequest, SidecarAnswer> _answer = _ => SidecarAnswer.NoContent;

    private FakeSidecar(WebApplication app) => _app = app;

    public string Endpoint => _app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
        .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();

    public IReadOnlyList<SidecarRequest> Requests => [.. _requests];

    public SidecarRequest Request => _requests.ShouldHaveSingleItem();

    /// <summary>How many connections have carried requests.</summary>
    public int Connections => _connections.Count;

    public static async Task<FakeSidecar> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port: 0));
        var app = builder.Build();
        var sidecar = new FakeSidecar(app);
        app.Run(sidecar.HandleAsync);
        await app.StartAsync();
        return sidecar;
    }

    /// <summary>An endpoint where nobody listens.</summary>
    public static async Task<string> DownAsync()
    {
        var sidecar = await StartAsync();
        var endpoint = sidecar.Endpoint;
        await sidecar.DisposeAsync();
        return endpoint;
    }

    public void Answer(int status, string body = "", params (string Name, string Value)[] headers) =>
        Answer(_ => new SidecarAnswer(status, body, headers));

    public void Answer(Func<SidecarRequest, SidecarAnswer> answer) => _answer = answer;

    public DaprClient NewClient(Action<DaprClientBuilder>? configure = null)
    {
        var builder = new DaprClientBuilder().UseHttpEndpoint(Endpoint).UseDaprApiToken("");
        configure?.Invoke(builder);
        return builder.Build();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = new SidecarRequest(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray());
        _requests.Enqueue(request);
        _connections[context.Connection.Id] = 0;
        var answer = _answer(request);
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (answer.Body.Length > 0)
        {
            await context.Response.WriteAsync(answer.Body);
        }
    }
}

internal sealed record SidecarRequest(
    string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Line => $"{Method} {Target}";

    public string Text => Encoding.UTF8.GetString(Body);

    public string? this[string header] => Headers.GetValueOrDefault(header);
}

internal sealed record SidecarAnswer(int Status, string Body, params (string Name, string Value)[] Headers)
{
    public static readonly SidecarAnswer NoContent = new(204, "");
}
