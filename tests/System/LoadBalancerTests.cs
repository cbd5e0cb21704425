using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Cli.Gateway;
using Cli.Running;
using Contracts;
using Tests.Servers;

namespace Tests.System;

/// <summary>
/// Goal: two gateways behind Debian's nginx, with the repository's configuration, are one door that stays open.
/// Method: real processes; requests all the while; kill -9 of one gateway in the middle.
/// </summary>
public sealed class LoadBalancerTests
{
    private const int Orders = 150;
    private const int Shoppers = 8;
    private const string LinuxOnly = "Killing a gateway needs /proc to find its process; this system has none.";

    [Fact]
    public async Task reads_are_all_answered_and_writes_act_once_while_a_gateway_dies()
    {
        Assert.SkipUnless(RunProcess.CanBeFound, LinuxOnly);
        var program = Needs.Program("nginx", "nginx-light");
        await using var system = await SystemUnderTest.StartAsync(replicas: "gateway=2");
        var (first, second) = (system.AddressOf("Gateway.dll", 1), system.AddressOf("Gateway.dll", 2));
        await using var nginx = await Nginx.StartAsync(program, first, second);
        using var door = GatewayClient.For(nginx.Address, system.Secrets.OperatorKey);
        var shopper = new Shopper(door);
        await shopper.StockAsync();
        var retries = shopper.Retries;
        using var stop = new CancellationTokenSource();
        using var reader = ClientOf(nginx, system);
        var reading = ReadAsync(reader, stop.Token);

        await shopper.ShopWhileAsync(Orders, Shoppers, () =>
        {
            var killed = system.KillInstance("Gateway.dll", 2);
            return Task.FromResult(() =>
            {
                system.StartAgain(killed);
                return Task.CompletedTask;
            });
        });

        await stop.CancelAsync();
        var (reads, failures) = await reading;
        reads.ShouldBeGreaterThan(50);
        failures.ShouldBeEmpty("reads are repeated at the other gateway");
        (shopper.Retries - retries).ShouldBeLessThanOrEqualTo(Shoppers, "only what was in flight at the kill is sent again by clients");
        AnsweredBy(nginx, first).ShouldBeGreaterThan(Orders / 4);
        AnsweredBy(nginx, second).ShouldBeGreaterThan(Orders / 10);
        var report = await shopper.AuditAsync();
        report.Violations.ShouldBeEmpty(system.Output);
    }

    [Fact]
    public async Task a_gateway_that_comes_back_gets_its_share_again()
    {
        Assert.SkipUnless(RunProcess.CanBeFound, LinuxOnly);
        var program = Needs.Program("nginx", "nginx-light");
        await using var system = await SystemUnderTest.StartAsync(replicas: "gateway=2");
        var second = system.AddressOf("Gateway.dll", 2);
        await using var nginx = await Nginx.StartAsync(program, system.AddressOf("Gateway.dll", 1), second);
        using var client = ClientOf(nginx, system);
        var killed = system.KillInstance("Gateway.dll", 2);
        for (var i = 0; i < 20; i++)
        {
            (await client.GetAsync(new Uri("healthz", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var before = AnsweredBy(nginx, second);
        system.StartAgain(killed);

        await Eventually.HoldsAsync(
            async () =>
            {
                (await client.GetAsync(new Uri("healthz", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
                return AnsweredBy(nginx, second) > before;
            },
            () => $"the second gateway gets no requests: {nginx.Errors}");
    }

    [Fact]
    public async Task a_read_with_a_token_sees_the_write_whichever_gateway_answers()
    {
        var program = Needs.Program("nginx", "nginx-light");
        await using var system = await SystemUnderTest.StartAsync(replicas: "gateway=2");
        await using var nginx = await Nginx.StartAsync(program, system.AddressOf("Gateway.dll", 1), system.AddressOf("Gateway.dll", 2));
        using var door = GatewayClient.For(nginx.Address, system.Secrets.OperatorKey);
        await new Shopper(door).StockAsync();
        using var client = ClientOf(nginx, system);

        for (var i = 0; i < 20; i++)
        {
            using var placed = await client.PostAsJsonAsync(
                new Uri("orders", UriKind.Relative), new { customerId = "anna", lines = new[] { new { sku = "plenty", quantity = 1 } } });
            placed.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            using var read = new HttpRequestMessage(HttpMethod.Get, placed.Headers.Location);
            read.Headers.Add("Consistency-Token", placed.Headers.GetValues("Consistency-Token"));
            using var seen = await client.SendAsync(read);
            seen.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        nginx.Requests.Count(r => r.Contains("POST", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(20);
    }

    [Fact]
    public async Task a_body_over_the_limit_and_a_door_without_gateways_are_told_as_problems()
    {
        Assert.SkipUnless(RunProcess.CanBeFound, LinuxOnly);
        var program = Needs.Program("nginx", "nginx-light");
        await using var system = await SystemUnderTest.StartAsync(replicas: "gateway=2");
        await using var nginx = await Nginx.StartAsync(program, system.AddressOf("Gateway.dll", 1), system.AddressOf("Gateway.dll", 2));
        using var client = ClientOf(nginx, system);

        using (var large = new ByteArrayContent(new byte[RequestLimits.BodyBytesMax + 1]))
        {
            await IsProblemAsync(await client.PostAsync(new Uri("orders", UriKind.Relative), large), 413);
        }

        system.KillInstance("Gateway.dll", 1);
        system.KillInstance("Gateway.dll", 2);
        using var away = await client.GetAsync(new Uri("orders/none", UriKind.Relative));
        away.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        await IsProblemAsync(away, 503);
    }

    private static async Task IsProblemAsync(HttpResponseMessage answer, int status)
    {
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetInt32().ShouldBe(status);
    }

    private static HttpClient ClientOf(Nginx nginx, SystemUnderTest system) => new()
    {
        BaseAddress = nginx.Address, DefaultRequestHeaders = { Authorization = new("Bearer", system.Secrets.OperatorKey) },
    };

    private static int AnsweredBy(Nginx nginx, Uri gateway) =>
        nginx.Requests.Count(r => r.Contains($"{gateway.Authority} [", StringComparison.Ordinal));

    /// <summary>Reads without pause, as several clients; what was answered otherwise than with a 2xx or a 404.</summary>
    private static async Task<(int Reads, IReadOnlyList<string> Failures)> ReadAsync(HttpClient client, CancellationToken stop)
    {
        var (reads, failures) = (0, new List<string>());
        await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var answer = await client.GetAsync(new Uri("orders?limit=5", UriKind.Relative), CancellationToken.None);
                lock (failures)
                {
                    reads++;
                    if (!answer.IsSuccessStatusCode)
                    {
                        failures.Add($"{(int)answer.StatusCode} at read {reads}");
                    }
                }
            }
        }));
        return (reads, failures);
    }
}
