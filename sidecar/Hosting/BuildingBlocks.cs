using Sidecar.Bindings;
using Sidecar.Grpc;
using Sidecar.Http;
using Sidecar.PubSub;

namespace Sidecar.Hosting;

/// <summary>
/// What the building blocks add to one app's sidecar: the one place where they are wired to the host.
/// </summary>
/// <param name="MapHttp">Maps the HTTP API.</param>
/// <param name="MapGrpc">Maps the gRPC API.</param>
/// <param name="Subscribe">Asks the app for its subscriptions and starts deliveries of messages and triggers; disposing the result stops
/// them.</param>
internal sealed record BuildingBlocks(
    Action<WebApplication> MapHttp, Action<WebApplication> MapGrpc, Func<CancellationToken, Task<IAsyncDisposable>> Subscribe)
{
    public static BuildingBlocks For(AppRuntime runtime)
    {
        var publisher = new Publisher(runtime);
        return new BuildingBlocks(
            server => HttpFace.Map(server, runtime, publisher),
            server => GrpcFace.Map(server, runtime, publisher),
            async cancellationToken =>
                new Deliveries([await SubscriptionRuntime.StartAsync(runtime, cancellationToken), BindingRuntime.Start(runtime)]));
    }

    /// <summary>Stops all at the same time.</summary>
    private sealed class Deliveries(IAsyncDisposable[] running) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Task.WhenAll(running.Select(static r => r.DisposeAsync().AsTask()));
    }
}
