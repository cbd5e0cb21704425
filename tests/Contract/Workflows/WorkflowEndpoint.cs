using Tests.Contract.Hosting;
using Wire.Grpc;

namespace Tests.Contract.Workflows;

/// <summary>
/// Both ports of one app's workflows. Every test has its own embedded sidecar, because a worker gets the work of all instances; on a
/// real Dapr they share one, so that the tests of this collection run one after the other.
/// </summary>
internal sealed class WorkflowEndpoint : IAsyncDisposable
{
    /// <summary>The collection of all tests that connect a worker.</summary>
    public const string Collection = "workflow workers";

    private readonly EmbeddedSidecar? _embedded;

    private WorkflowEndpoint(HttpClient http, GrpcChannel grpc, EmbeddedSidecar? embedded) => (Http, Grpc, _embedded) = (http, grpc, embedded);

    public HttpClient Http { get; }

    public GrpcChannel Grpc { get; }

    /// <summary>False on a real Dapr, which takes its time where the embedded sidecar does not.</summary>
    public bool IsEmbedded => _embedded is not null;

    public static async Task<WorkflowEndpoint> StartAsync(DaprFixture dapr)
    {
        if (!dapr.IsEmbedded)
        {
            return new WorkflowEndpoint(dapr.Client, dapr.Grpc, embedded: null);
        }
        var sidecar = await EmbeddedSidecar.StartAsync();
        return new WorkflowEndpoint(sidecar.Client, sidecar.Grpc, sidecar);
    }

    public ValueTask DisposeAsync() => _embedded?.DisposeAsync() ?? default;
}
