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

        await IsWholeAsync(me, order, OrderStatuses.Confirmed);
        Console.WriteLine(collector.Trace(me.TraceId));
    }

    [Fact]
    public async Task an_order_of_pattern_workflow_is_one_trace_through_the_engine_and_its_activities()
    {
        var (me, order) = await PlaceBesideOthersAsync(Patterns.Workflow, sku: "plenty");

        await IsWholeAsync(me, order, OrderStatuses.Confirmed);
        Console.WriteLine(collector.Trace(me.TraceId));
    }

    [Fact]
    public async Task an_order_of_pattern_sync_is_one_trace_though_nothing_is_sent()
    {
        var (me, order) = await PlaceBesideOthersAsync(Patterns.Sync, sku: "plenty");

        await IsWholeAsync(me, order, OrderStatuses.Confirmed);
        Console.WriteLine(collector.Trace(me.TraceId));
    }

    private async Task<(ClientSpan Client, string OrderId)> PlaceBesideOthersAsync(string pattern, string sku)
    {
        var me = ClientSpan.New();
        var placing = Enumerable.Range(0, OthersBeside)
            .Select(i => client.PlaceAsync(new PlaceOrder($"other-{i}", [new("plenty", 1)], pattern), ClientSpan.New())).ToList();
        var order = await client.PlaceAsync(new PlaceOrder("me", [new(sku, 1)], pattern), me);
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
                ? $"{seen.Problem(me.SpanId)}; missing {string.Join(" | ", paths.Where(p => !seen.HasPath(p)).Select(p => string.Join(" > ", p)))}\n{seen}"
                : "");
        var trace = collector.Trace(me.TraceId);
        trace.Spans.Select(s => s.Tag("consistency.order.id") ?? s.Tag("cloudevents.event_subject")).Where(o => o is not null).Distinct()
            .ShouldBe([order], $"{trace}");
    }
}
