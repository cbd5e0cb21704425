using System.Net;
using System.Net.Sockets;
using System.Text;
using Contracts;

namespace Tests.System;

/// <summary>What a cluster asks of an app: it starts before its sidecar and all others, tells how it is, and ends in order.</summary>
public sealed class PodTests
{
    [Theory]
    [InlineData(AppIds.Gateway)]
    [InlineData(AppIds.Orders)]
    [InlineData(AppIds.Inventory)]
    [InlineData(AppIds.Invoices)]
    public async Task an_app_starts_while_nobody_else_is_there_and_ends_in_order_when_told(string id)
    {
        await using var app = new AppInPod(id);

        await app.StartAsync();

        using var client = app.Client();
        foreach (var path in new[] { "/livez", "/healthz" })
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }

        await app.StopAsync();
        app.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task told_to_stop_it_takes_nobody_new_and_says_so_to_whom_it_has_begun_with()
    {
        await using var app = new AppInPod(AppIds.Orders);
        await app.StartAsync();
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, app.Port);
        await using var stream = connection.GetStream();
        const string Body = """{"name":"Ada"}""";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PATCH /customers/c-1 HTTP/1.1\r\nHost: orders\r\ndapr-api-token: {AppInPod.Token}\r\nContent-Type: application/json\r\n"
            + $"Expect: 100-continue\r\nContent-Length: {Body.Length}\r\n\r\n"));
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 100 Continue");
        (await reader.ReadLineAsync()).ShouldBe("");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Body[..5]));

        await app.TerminateAsync();
        await Eventually.HoldsAsync(async () => !await app.TakesConnectionsAsync(), () => "it still takes connections");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Body[5..]));

        var answer = await reader.ReadToEndAsync();
        answer.ShouldStartWith("HTTP/1.1 503 Service Unavailable");
        answer.ShouldContain("Retry-After: 1");
        answer.ShouldContain("application/problem+json");

        await app.EndedAsync();
        app.ExitCode.ShouldBe(0);
    }
}
