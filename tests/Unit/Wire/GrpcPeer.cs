using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Wire.Grpc;

namespace Tests.Unit.Wire;

/// <summary>A gRPC server on a real socket, and a channel to it.</summary>
internal sealed class GrpcPeer : IAsyncDisposable
{
    private readonly WebApplication server;

    private GrpcPeer(WebApplication server)
    {
        this.server = server;
        Address = new Uri(server.Urls.Single());
        Channel = new GrpcChannel(Address, [new("dapr-api-token", "secret")]);
    }

    public Uri Address { get; }

    public GrpcChannel Channel { get; }

    public static async Task<GrpcPeer> StartAsync(Action<GrpcServer> map, Action<Microsoft.AspNetCore.Http.HttpContext>? authorize = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        var grpc = new GrpcServer(NullLogger.Instance) { Authorize = authorize };
        map(grpc);
        app.Run(grpc.HandleAsync);
        await app.StartAsync();
        return new GrpcPeer(app);
    }

    /// <summary>Sends bytes as they are; answers with status and message of the call.</summary>
    public async Task<(string? Status, string? Message)> SendRawAsync(string path, byte[] body, string? encoding = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        if (encoding is not null)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }

        using var response = await http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return (Find("grpc-status"), Find("grpc-message"));

        string? Find(string name) =>
            response.Headers.TryGetValues(name, out var header) || response.TrailingHeaders.TryGetValues(name, out header) ? header.Single() : null;
    }

    public static byte[] Frame(IMessage message, byte flag = 0, int? length = null)
    {
        var bytes = message.ToByteArray();
        var size = length ?? bytes.Length;
        return [flag, (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size, .. bytes];
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await server.StopAsync(new CancellationToken(canceled: true));
        await server.DisposeAsync();
    }
}
