using System.Net;
using System.Net.Sockets;
using Contracts.Feeds;
using Dapr.Client;
using ServiceDefaults;
using ServiceDefaults.Feeds;
using ServiceDefaults.Traffic;

namespace Tests.Unit.ServiceDefaults;

public sealed class FeedClientTests
{
    [Fact]
    public async Task an_owner_that_hangs_in_the_middle_of_its_answer_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        using var dapr = new DaprClientBuilder().UseHttpEndpoint($"http://{listener.LocalEndpoint}").UseDaprApiToken("").Build();
        using var client = new DaprFeedClient(dapr, new ServiceIdentity("inventory", "1"), new TrafficMeter())
        {
            Timeout = TimeSpan.FromMilliseconds(500),
        };

        var reading = client.ReadAsync("orders", "", FeedLanes.Pulled, TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None);
        using var connection = await listener.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());

        await Should.ThrowAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
