using Contracts.Ordering;
using Contracts.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tests.Unit.Cli;

public sealed class AttentionCommandTests : IAsyncLifetime
{
    private readonly List<string> retried = [];
    private readonly WebApplication gateway;

    public AttentionCommandTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        gateway = builder.Build();
        gateway.MapGet("/orders", (bool attention, string? after) => attention
            ? Results.Ok(after is null ? new Page<OrderDetails>([Order("o1")], "o1") : new Page<OrderDetails>([Order("o2")], Next: null))
            : Results.BadRequest());
        gateway.MapPost("/orders/{id}/retry", (string id) =>
        {
            retried.Add(id);
            return id == "healthy"
                ? Results.Problem("Order 'healthy' needs no attention.", statusCode: 409)
                : Results.Json(new OrderAccepted(id, OrderStatuses.Cancelled, 3, 100), statusCode: 202);
        });
    }

    private string Url => gateway.Urls.Single();

    public async ValueTask InitializeAsync() => await gateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task all_pages_are_listed_with_the_reason()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("attention", "list", "--gateway", Url)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("o1");
        terminal.Output.ShouldContain("ReleaseStock");
        terminal.Output.ShouldContain("2 orders need attention");
    }

    [Fact]
    public async Task all_are_retried_or_only_those_that_are_named()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("attention", "retry", "--all", "--gateway", Url)).ShouldBe(0, terminal.Error);
        (await terminal.RunAsync("attention", "retry", "o7", "--gateway", Url)).ShouldBe(0, terminal.Error);

        retried.ShouldBe(["o1", "o2", "o7"]);
    }

    [Fact]
    public async Task a_refused_retry_is_told_and_the_others_go_on()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("attention", "retry", "healthy", "o1", "--gateway", Url)).ShouldBe(1);

        terminal.Output.ShouldContain("healthy: refused with 409");
        terminal.Output.ShouldContain("1 of 2 orders are tried again");
    }

    private static OrderDetails Order(string id) => new(
        id, "c", "workflow", OrderStatuses.Cancelled, null, null, null, [], 0, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch,
        new OrderAttention("ReleaseStock", "inventory answered 503", DateTimeOffset.UnixEpoch));
}
