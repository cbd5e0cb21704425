using System.Text.Json;
using Cli.Placing;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tests.Servers;
using Tests.Unit.StandIns.Zipkin;

namespace Tests.Unit.Cli;

public sealed class PlaceCommandTests : IAsyncLifetime
{
    private readonly List<(PlaceOrder Order, string Traceparent, string Key)> placed = [];
    private readonly WebApplication gateway;
    private FakeCollector collector = null!;
    private int looks;
    private string end = OrderStatuses.Confirmed;
    private string? refusedPattern;

    public PlaceCommandTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        gateway = builder.Build();
        gateway.MapPost("/orders", (PlaceOrder order, HttpRequest request) =>
        {
            lock (placed)
            {
                placed.Add((order, request.Headers["traceparent"].ToString(), request.Headers["Idempotency-Key"].ToString()));
            }

            return order.CustomerId == "nobody" || order.Pattern == refusedPattern
                ? Results.Problem("customerId: is unknown.", statusCode: 422)
                : Results.Json(new OrderAccepted($"order-{order.Pattern}", OrderStatuses.Pending, 1, 100), statusCode: 202);
        });
        gateway.MapGet("/orders/{id}", (string id) => Results.Ok(Seen(id, Interlocked.Increment(ref looks) > 3)));
        gateway.MapPost("/products", (PutProduct product) => Results.Ok(new StockLevel(product.Sku!, product.Name!, 100, false, 0, 0, 0, 0, 1)));
        gateway.MapPost("/stock/{sku}/adjust", (string sku) => Results.Ok(new StockLevel(sku, "Sample", 100, false, 0, 0, 0, 0, 1)));
        gateway.MapGet("/catalog/{sku}", (string sku) => Results.Ok(new CatalogItem(sku, "Sample", 100, false, 1)));
    }

    public async ValueTask InitializeAsync()
    {
        await gateway.StartAsync();
        collector = await FakeCollector.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await collector.DisposeAsync();
    }

    [Fact]
    public async Task an_order_of_each_pattern_is_placed_and_its_trace_named()
    {
        var (terminal, file) = (new TestTerminal(), Path.GetTempFileName());

        (await RunAsync(terminal, "--json", file)).ShouldBe(0, terminal.Error);

        placed.Select(p => p.Order.Pattern).ShouldBe(["events", "workflow", "sync"], ignoreOrder: true);
        foreach (var (order, traceparent, key) in placed)
        {
            var id = TracePage.TraceIdOf(traceparent)!;
            traceparent.ShouldEndWith("-01");
            key.ShouldBe($"place-{id}");
            terminal.Output.ShouldContain($"{order.Pattern,-9} Confirmed, accepted in ");
            terminal.Output.ShouldContain("settled 250 ms after");
            terminal.Output.ShouldContain($"trace {new Uri(collector.Endpoint, $"/zipkin/traces/{id}")}");
        }

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        json.RootElement.EnumerateArray().Select(o => o.GetProperty("settledMs").GetDouble()).ShouldBe([250, 250, 250]);
        File.Delete(file);
    }

    [Fact]
    public async Task the_request_itself_is_the_root_of_the_trace()
    {
        (await RunAsync(new TestTerminal(), "--pattern", "events", "--sku", "x", "--quantity", "3", "--customer", "c")).ShouldBe(0);

        var span = collector.Spans.Single();
        placed.Single().Traceparent.ShouldBe($"00-{span.GetProperty("traceId").GetString()}-{span.GetProperty("id").GetString()}-01");
        span.TryGetProperty("parentId", out _).ShouldBeFalse();
        span.GetProperty("tags").GetProperty("order.id").GetString().ShouldBe("order-events");
        (placed[0].Order.CustomerId, placed[0].Order.Lines!.Single()).ShouldBe(("c", new PlaceOrderLine("x", 3)));
    }

    [Fact]
    public async Task why_an_order_was_cancelled_is_said()
    {
        end = OrderStatuses.Cancelled;
        var terminal = new TestTerminal();

        (await RunAsync(terminal, "--pattern", "sync")).ShouldBe(0);

        terminal.Output.ShouldContain("sync      Cancelled (too little stock), accepted in ");
    }

    [Fact]
    public async Task without_a_collector_orders_are_placed_and_the_missing_traces_said()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("place", "--gateway", gateway.Urls.Single(), "--zipkin", $"http://127.0.0.1:{LoopbackPort.Free()}", "--pattern", "events")).ShouldBe(0);

        terminal.Output.ShouldContain("Nobody takes spans at http://127.0.0.1:");
    }

    [Fact]
    public async Task a_refusal_is_one_line_and_exit_code_1()
    {
        var terminal = new TestTerminal();

        (await RunAsync(terminal, "--customer", "nobody")).ShouldBe(1);

        terminal.Error.ShouldContain("POST /orders was answered 422");
    }

    [Fact]
    public async Task a_refusal_of_one_hides_neither_the_others_nor_its_own_trace()
    {
        refusedPattern = "workflow";
        var terminal = new TestTerminal();

        (await RunAsync(terminal)).ShouldBe(1);

        terminal.Output.ShouldContain("events    Confirmed");
        terminal.Output.ShouldContain("sync      Confirmed");
        terminal.Error.ShouldContain("POST /orders was answered 422");
        collector.Spans.Single(s => s.GetProperty("tags").TryGetProperty("error", out _)).GetProperty("name").GetString().ShouldBe("place workflow order");
        collector.Spans.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("--pattern", "magic")]
    [InlineData("--quantity", "0")]
    [InlineData("--zipkin", "here")]
    public async Task a_wrong_command_line_places_nothing(string option, string value)
    {
        (await RunAsync(new TestTerminal(), option, value)).ShouldBe(2);

        placed.ShouldBeEmpty();
    }

    private Task<int> RunAsync(TestTerminal terminal, params string[] more) =>
        terminal.RunAsync(["place", "--gateway", gateway.Urls.Single(), "--zipkin", collector.Endpoint.GetLeftPart(UriPartial.Authority), .. more]);

    private OrderViewDetails Seen(string id, bool settled)
    {
        var at = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        var cancelled = end == OrderStatuses.Cancelled;
        return new OrderViewDetails(
            id, "c", "events", settled ? end : OrderStatuses.Pending, cancelled ? "out-of-stock" : null, cancelled ? "too little stock" : null, null, [], 100, 1,
            at, at.AddMilliseconds(100), null,
            settled ? new OrderReservation(cancelled ? ReservationStatuses.Rejected : ReservationStatuses.Shipped, null, at.AddMilliseconds(250)) : null,
            settled ? new OrderInvoice(cancelled ? InvoiceStatuses.NeverIssued : InvoiceStatuses.Issued, null, null, at.AddMilliseconds(200)) : null,
            OrderSources.View);
    }
}
