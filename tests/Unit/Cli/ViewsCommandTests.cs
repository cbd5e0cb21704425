using Contracts.Ordering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tests.Unit.Cli;

public sealed class ViewsCommandTests : IAsyncLifetime
{
    private readonly WebApplication gateway;
    private int polls;

    public ViewsCommandTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        gateway = builder.Build();
        gateway.MapGet("/views/orders", () => Results.Ok(State(isBuilding: ++polls < 3)));
        gateway.MapPost("/views/orders/rebuild", () => Results.Json(State(isBuilding: true), statusCode: 202));
    }

    private string Url => gateway.Urls.Single();

    public async ValueTask InitializeAsync() => await gateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task status_tells_rows_lag_and_the_rebuild()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("views", "status", "--gateway", Url)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("42 orders, 7 ms behind");
        terminal.Output.ShouldContain("invoices");
        terminal.Output.ShouldContain("(an operator asked for it): 12 rows, complete: orders");
    }

    [Fact]
    public async Task rebuild_comes_back_at_once_or_when_the_new_edition_serves()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("views", "rebuild", "--gateway", Url)).ShouldBe(0, terminal.Error);
        (terminal.Output.Contains("12 rows", StringComparison.Ordinal), polls).ShouldBe((true, 0));

        (await terminal.RunAsync("views", "rebuild", "--wait", "--gateway", Url)).ShouldBe(0, terminal.Error);
        polls.ShouldBe(3);
    }

    private static OrderViewState State(bool isBuilding) => new(
        42,
        DateTimeOffset.UnixEpoch,
        7,
        [new OrderViewSource("orders", DateTimeOffset.UnixEpoch, 7), new OrderViewSource("invoices", DateTimeOffset.UnixEpoch, 3)],
        isBuilding ? new OrderViewRebuild("an operator asked for it", DateTimeOffset.UnixEpoch, 12, ["orders"]) : null);
}
