using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sidecar.Grpc.Runtime;
using Sidecar.Hosting;
using Sidecar.PubSub;
using Wire.Grpc;

namespace Sidecar.Grpc;

/// <summary>
/// The gRPC API of one app's sidecar: Dapr's runtime service, and the workflow protocol for workers and clients. Status codes and texts
/// are those of Dapr 1.18.
/// </summary>
public static class GrpcFace
{
    /// <summary>Makes <paramref name="app"/> answer as the sidecar of <paramref name="runtime"/>'s app. Call once per app and port.</summary>
    public static void Map(WebApplication app, AppRuntime runtime, IPublisher publisher)
    {
        var logger = runtime.Loggers.CreateLogger("Sidecar.Grpc.GrpcFace");
        var server = new GrpcServer(logger)
        {
            Authorize = GrpcToken.Check(runtime.ApiToken),
            UnknownMethod = new NotServed(runtime).Refuse,
            Measured = runtime.Telemetry.Meter is { } meter
                ? (path, status, received, sent, elapsed) => meter.GrpcServed(path, NameOf(status), received, sent, elapsed)
                : null,
        };
        new TaskHubService(runtime, app.Lifetime.ApplicationStopping, logger).MapTo(server);
        new RuntimeService(runtime, publisher, app.Lifetime.ApplicationStopping).MapTo(server);
        app.Run(server.HandleAsync);
    }

    // As Go writes it.
    private static string NameOf(StatusCode status) => status == StatusCode.Cancelled ? "Canceled" : status.ToString();

    /// <summary>Sets what this API needs of the server that it is mapped to.</summary>
    public static void Configure(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        server.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        // Messages have a limit of their own, and streams of work may be silent for hours: the rates would end them.
        server.Limits.MaxRequestBodySize = null;
        server.Limits.MinRequestBodyDataRate = null;
        server.Limits.MinResponseDataRate = null;
        server.Limits.KeepAliveTimeout = GrpcFaceLimits.Idle;
        server.Limits.Http2.MaxStreamsPerConnection = GrpcFaceLimits.StreamsMax;
        server.Limits.Http2.KeepAlivePingDelay = GrpcFaceLimits.KeepAliveDelay;
        server.Limits.Http2.KeepAlivePingTimeout = GrpcFaceLimits.KeepAliveAnswer;
    }
}
