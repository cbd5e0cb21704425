using System.Net;
using System.Net.Sockets;
using Dapr;
using Dapr.Client;

namespace Tests.Unit.StandIns;

public sealed class UnreachableSidecarTests
{
    public static TheoryData<string> Operations => [.. Calls.Keys];

    private static Dictionary<string, Func<DaprClient, Task>> Calls => new(StringComparer.Ordinal)
    {
        ["Publish"] = client => client.PublishEventAsync("pubsub", "orders", 1),
        ["Bulk Publish"] = client => client.BulkPublishEventAsync("pubsub", "orders", new[] { 1 }),
        ["State"] = client => client.GetStateAsync<int>("store", "k"),
        ["Binding"] = client => client.InvokeBindingAsync("b", "create", 1),
        ["Get metadata"] = client => client.GetMetadataAsync(),
        ["Set metadata"] = client => client.SetMetadataAsync("a", "b"),
        ["Shutdown"] = client => client.ShutdownSidecarAsync(),
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task a_sidecar_that_is_down_is_an_exception_that_says_so(string operation)
    {
        var endpoint = await FakeSidecar.DownAsync();
        using var client = new DaprClientBuilder().UseHttpEndpoint(endpoint).Build();

        var down = await Should.ThrowAsync<DaprException>(() => Calls[operation](client));

        down.Message.ShouldStartWith($"{operation} operation failed: the Dapr endpoint {endpoint}/ could not be reached (");
        down.InnerException.ShouldBeOfType<HttpRequestException>();
    }

    [Fact]
    public async Task a_sidecar_that_does_not_answer_in_time_is_an_exception_that_says_so()
    {
        using var silent = new TcpListener(IPAddress.Loopback, port: 0);
        silent.Start();
        using var client = new DaprClientBuilder()
            .UseHttpEndpoint($"http://{silent.LocalEndpoint}")
            .UseTimeout(TimeSpan.FromMilliseconds(200))
            .Build();

        var late = await Should.ThrowAsync<DaprException>(() => client.PublishEventAsync("pubsub", "orders", 1));

        late.Message.ShouldEndWith("did not answer within 0.2 s.");
    }

    [Fact]
    public async Task giving_up_is_not_an_error_of_the_sidecar()
    {
        using var silent = new TcpListener(IPAddress.Loopback, port: 0);
        silent.Start();
        using var client = new DaprClientBuilder().UseHttpEndpoint($"http://{silent.LocalEndpoint}").Build();
        using var patience = new CancellationTokenSource();

        var publishing = client.PublishEventAsync("pubsub", "orders", 1, patience.Token);
        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => publishing);
    }
}
