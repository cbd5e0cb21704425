using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sidecar.Hosting;
using Wire.Grpc;

namespace Sidecar.Grpc;

/// <summary>
/// The gRPC API of one app's sidecar: the workflow protocol, for workers and clients. Status codes and texts are those of Dapr 1.18.
/// </summary>
public static class GrpcFace
{
    private const string RuntimeService = "/dapr.proto.runtime.v1.Dapr/";
    private const string Reflection = "/grpc.reflection.";

    // To Dapr a path that it does not know is an invocation of another app, which is named by metadata.
    private const string NoTarget = "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found";
    private const string NoStreamTarget = "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata";

    /// <summary>Makes <paramref name="app"/> answer as the sidecar of <paramref name="runtime"/>'s app. Call once per app and port.</summary>
    public static void Map(WebApplication app, AppRuntime runtime)
    {
        var logger = runtime.Loggers.CreateLogger("Sidecar.Grpc.GrpcFace");
        var server = new GrpcServer(logger)
        {
            Authorize = GrpcToken.Check(runtime.ApiToken),
            UnknownMethod = Unknown,
        };
        new TaskHubService(runtime, app.Lifetime.ApplicationStopping, logger).MapTo(server);
        app.Run(server.HandleAsync);
    }

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

    private static Status Unknown(string path) =>
        path.StartsWith(RuntimeService, StringComparison.Ordinal)
            ? new Status(StatusCode.Unimplemented, $"the embedded sidecar does not serve {path} by gRPC; use its HTTP API, or a Dapr")
            : new Status(StatusCode.Unknown, path.StartsWith(Reflection, StringComparison.Ordinal) ? NoStreamTarget : NoTarget);
}
