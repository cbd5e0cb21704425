using Contracts;
using Contracts.Ordering;
using Tests.System.Traces;
using static Tests.System.Traces.TracedClient;

namespace Tests.System;

/// <summary>
/// Goal: whoever has an order's trace sees all that was done for it and nothing else, whichever way it took.
/// Method: real processes that send their spans to a collector of the test; the client names the trace; other orders are placed beside it.
/// </summary>
public sealed class TraceTests : IAsyncLifetime
{
    private const int OthersBeside = 6;
    private ZipkinCollector collector = null!;
    private SystemUnderTest system = null!;
    private TracedClient client = null!;

    public async ValueTask InitializeAsync()
    {
        collector = await ZipkinCollector.StartAsync();
        system = await SystemUnderTest.StartAsync(impatient: true, zipkin: collector.Endpoint);
        client = new TracedClient(system);
        await new Shopper(system.Gateway).StockAsync();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await system.DisposeAsync();
        await collector.DisposeAsync();
    }

    [Fact]
    public async Task an_order_of_pattern_events_is_one_trace_across_outbox_and_broker()
    {
        var (me, order) = await PlaceBesideOthersAsync(Patterns.Events, sku: "plenty");

        await IsWholeAsync(
            me,
            order,
            OrderStatuses.Confirmed,
            ["gateway: post /orders/", "gateway: post", "orders: post /orders", "orders: send orders", "inventory: process orders"],
            ["inventory: process orders", "inventory: send inventory", "invoices: process inventory", "invoices: send invoices", "orders: process invoices"],
            ["orders: process invoices", "orders: send orders", "inventory: process orders"]);
    }

    [Fact]
    public async Task an_order_of_pattern_workflow_is_one_trace_through_the_engine_and_its_activities()
    {
        var (me, order) = await PlaceBesideOthersAsync(Patterns.Workflow, sku: "plenty");

        string[] start = ["gateway: post /orders/", "orders: post /orders", "orders: send workflow"];
        await IsWholeAsync(
            me,
            order,
            OrderStatuses.Confirmed,
            [.. start, "orders: workflowactivity reservestock", "orders: put", "inventory: put /reservations/{orderid}"],
            [.. start, "orders: workflowactivity issueinvoice", "orders: post", "invoices: post /invoices/{orderid}/issue"],
            [.. start, "orders: workflowactivity confirmorder"],
            [.. start, "orders: workflowactivity commitreservation", "orders: post", "inventory: post /reservations/{orderid}/commit"]);
    }

    [Fact]
    public async Task an_order_of_pattern_sync_is_one_trace_though_nothing_is_sent()
    {
        var (me, order) = await PlaceBesideOthersAsync(Patterns.Sync, sku: "plenty");

        await IsWholeAsync(
            me,
            order,
            OrderStatuses.Confirmed,
            [
                "gateway: post /orders/", "orders: post /orders", "inventory: reconcile order", "orders: reconcile reservation",
                "invoices: reconcile order", "orders: reconcile invoice", "inventory: reconcile order",
            ]);
        var reconciled = collector.Trace(me.TraceId).Spans.Where(s => s.Name!.StartsWith("reconcile", StringComparison.Ordinal)).ToList();

        // Sessions end after what they have applied.
        await Eventually.HoldsAsync(
            () => Task.FromResult(reconciled.All(
                s => collector.Trace(s.LinkedTrace!).Titled(s.LocalEndpoint!.ServiceName + ": sync session").Any())),
            () => $"links lead nowhere:\n{collector.Trace(me.TraceId)}");
    }

    [Fact]
    public async Task an_order_that_is_refused_shows_in_its_trace_how_it_was_undone()
    {
        // Too dear for the customer's credit: Inventory has reserved, Invoices refuses.
        var (me, order) = await PlaceBesideOthersAsync(Patterns.Events, sku: "dear");

        await IsWholeAsync(
            me,
            order,
            OrderStatuses.Cancelled,
            ["orders: send orders", "inventory: process orders", "inventory: send inventory", "invoices: process inventory", "invoices: send invoices"],
            ["invoices: send invoices", "orders: process invoices", "orders: send orders", "inventory: process orders"]);
    }

    [Fact]
    public async Task a_dead_letter_that_is_replayed_goes_on_with_the_order_s_trace_and_leads_to_the_operator_s_request()
    {
        var inventory = system.DatabaseOf(AppIds.Inventory);
        ServiceFile.Run(
            inventory, "CREATE TRIGGER broken BEFORE INSERT ON reservation BEGIN SELECT RAISE(ABORT, 'this disk page is not well'); END");
        var (me, order) = (ClientSpan.New(), "");
        order = await client.PlaceAsync(new PlaceOrder("me", [new("plenty", 1)], Patterns.Events), me);
        await Eventually.HoldsAsync(
            async () => (await system.Gateway.ProgressAsync(AppIds.Inventory, CancellationToken.None)).DeadLetters == 1,
            () => $"nothing was ever given up:\n{system.Output}");
        ServiceFile.Run(inventory, "DROP TRIGGER broken");
        var operators = ClientSpan.New();

        using var replayed = await client.SendAsync(HttpMethod.Post, "services/inventory/deadletters/1/replay", new { }, operators);

        await IsWholeAsync(
            me,
            order,
            OrderStatuses.Confirmed,
            ["orders: send orders", "inventory: process orders"],
            ["gateway: post /orders/", "orders: send orders", "inventory: replay orders", "inventory: send inventory", "invoices: process inventory"]);
        var trace = collector.Trace(me.TraceId);
        trace.Titled("inventory: process orders").ShouldContain(s => s.Tag("consistency.outcome") == "retry" && s.Tag("error") != null, $"{trace}");
        trace.Titled("inventory: replay orders").Single().LinkedTrace.ShouldBe(operators.TraceId);
        await Eventually.HoldsAsync(
            () => Task.FromResult(collector.Trace(operators.TraceId).Problem(operators.SpanId) is null),
            () => $"{collector.Trace(operators.TraceId)}");
    }

    private async Task<(ClientSpan Client, string OrderId)> PlaceBesideOthersAsync(string pattern, string sku)
    {
        var me = ClientSpan.New();
        var placing = Enumerable.Range(0, OthersBeside)
            .Select(i => client.PlaceAsync(new PlaceOrder($"other-{i}", [new("plenty", 1)], pattern), ClientSpan.New())).ToList();
        var order = await client.PlaceAsync(new PlaceOrder("me", [new(sku, sku == "dear" ? 2 : 1)], pattern), me);
        await Task.WhenAll(placing);
        return (me, order);
    }

    private async Task IsWholeAsync(ClientSpan me, string order, string status, params string[][] paths)
    {
        await Eventually.HoldsAsync(
            async () => (await system.Gateway.OrderAsync(order, CancellationToken.None)).Value?.Status == status,
            () => $"order {order} never was {status}:\n{system.Output}");
        await Eventually.HoldsAsync(
            () => Task.FromResult(collector.Trace(me.TraceId) is var seen && seen.Problem(me.SpanId) is null && paths.All(p => seen.HasPath(p))),
            () => collector.Trace(me.TraceId) is var seen
                ? $"{seen.Problem(me.SpanId)}; missing {string.Join(" | ", paths.Where(p => !seen.HasPath(p)).Select(p => string.Join('>', p)))}\n{seen}"
                : "");
        var trace = collector.Trace(me.TraceId);
        trace.Spans.Select(s => s.Tag("consistency.order.id") ?? s.Tag("cloudevents.event_subject")).Where(o => o is not null).Distinct()
            .ShouldBe([order], $"{trace}");
    }
}
