using Consistency.Identity;
using Consistency.Storage;
using Contracts;
using Contracts.Ordering;
using Orders.Orchestrating;
using Orders.Reading;
using Orders.Settling;
using Orders.Storage;
using Tests.Unit.Consistency.Telemetry;
using Tests.Unit.Reconciling;

namespace Tests.Unit.Orders.Telemetry;

public sealed class ConvergenceTests : IAsyncDisposable
{
    private const string Confirmed = "consistency.convergence.duration{pattern=events,outcome=confirmed}";

    private readonly ServiceRig<OrdersDb> rig = new(options => new OrdersDb(options));
    private readonly Metered metered = new();
    private readonly WriteQueue<OrdersDb> writes;

    public ConvergenceTests() => writes = Writer();

    public async ValueTask DisposeAsync()
    {
        await writes.DisposeAsync();
        await rig.DisposeAsync();
        metered.Dispose();
    }

    [Theory]
    [InlineData(Patterns.Events)]
    [InlineData(Patterns.Workflow)]
    [InlineData(Patterns.Sync)]
    public async Task a_decision_is_measured_from_the_acceptance_once(string pattern)
    {
        await PlaceAsync("o", pattern);
        rig.Time.Advance(TimeSpan.FromSeconds(3));

        await writes.ExecuteAsync(work => Confirm(work, "o"));
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await writes.ExecuteAsync(work => global::Orders.Cancelling.CancelOrder.Handle(work, "o"));

        metered.Measured.Where(m => m.StartsWith("consistency.convergence", StringComparison.Ordinal))
            .ShouldBe([$"consistency.convergence.duration{{pattern={pattern},outcome=confirmed}} 3"], "what the customer does later is another matter");
    }

    [Fact]
    public async Task a_repeated_event_and_another_instance_measure_nothing_again()
    {
        await PlaceAsync("o", Patterns.Events);
        await using var other = Writer();

        await Task.WhenAll(
            writes.ExecuteAsync(work => Invoiced(work, "o")), other.ExecuteAsync(work => Invoiced(work, "o")), writes.ExecuteAsync(work => Invoiced(work, "o")));

        metered.Measured.Count(m => m.StartsWith(Confirmed, StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task a_decision_that_is_taken_back_is_not_measured()
    {
        await PlaceAsync("o", Patterns.Events);

        await Should.ThrowAsync<InvalidOperationException>(() => writes.ExecuteAsync<bool>(work =>
        {
            Confirm(work, "o");
            throw new InvalidOperationException("taken back");
        }));

        metered.Measured.ShouldBeEmpty();
    }

    [Fact]
    public async Task workflows_are_counted_by_what_they_bring_about_once()
    {
        await PlaceAsync("a", Patterns.Workflow);
        await PlaceAsync("b", Patterns.Workflow);
        for (var i = 0; i < 2; i++)
        {
            // An activity whose answer was lost is carried out again.
            await writes.ExecuteAsync(work => OrderDecisions.Confirm(work, new ConfirmOrderInput("a", "INV-1")));
            await writes.ExecuteAsync(work => OrderDecisions.Cancel(work, new CancelOrderInput("b", ReasonCodes.CustomerCancelled, "d")));
            await writes.ExecuteAsync(work => OrderDecisions.NeedAttention(work, new NeedAttentionInput("b", OrderStatuses.Cancelled, "VoidInvoice", "r")));
        }

        for (var i = 0; i < 2; i++)
        {
            await writes.ExecuteAsync(work => OrderDecisions.MarkSettled(work, new MarkSettledInput("b", OrderStatuses.Cancelled)));
        }

        foreach (var outcome in new[] { "confirmed", "cancelled", "attention", "settled" })
        {
            metered.Sum($"consistency.workflows{{outcome={outcome}}}").ShouldBe(1, outcome);
        }
    }

    [Fact]
    public async Task orders_that_wait_are_told_by_pattern_and_age()
    {
        _ = new global::Consistency.Telemetry.GaugeReader<OrdersDb>(
            metered.Meter, rig.Database, [new OrderGauges()], rig.Time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<global::Consistency.Telemetry.GaugeReader<OrdersDb>>.Instance);
        await PlaceAsync("a", Patterns.Sync);
        rig.Time.Advance(TimeSpan.FromSeconds(20));
        await PlaceAsync("b", Patterns.Sync);
        await PlaceAsync("c", Patterns.Workflow);
        await writes.ExecuteAsync(work => OrderDecisions.Cancel(work, new CancelOrderInput("c", ReasonCodes.CustomerCancelled, "d")));
        await writes.ExecuteAsync(work => OrderDecisions.NeedAttention(work, new NeedAttentionInput("c", OrderStatuses.Cancelled, "VoidInvoice", "r")));
        rig.Time.Advance(TimeSpan.FromSeconds(10));

        var observed = metered.Observe();

        observed.ShouldContain("consistency.orders.unsettled{pattern=sync} 2");
        observed.ShouldContain("consistency.orders.unsettled.age{pattern=sync} 30");
        observed.ShouldContain("consistency.orders.unsettled{pattern=events} 0");
        observed.ShouldContain("consistency.orders.unsettled.age{pattern=events} 0");
        observed.ShouldContain("consistency.attention.orders{} 1");
        observed.ShouldContain("consistency.attention.age{} 10");
    }

    [Fact]
    public void what_waits_is_counted_from_an_index_alone_and_workflows_are_still_found_by_theirs()
    {
        foreach (var sql in new[] { OrderGauges.Pending, OrderGauges.Settling, OrderGauges.Attention })
        {
            var plan = QueryPlan.Of(rig.Database, sql);

            plan.ShouldContain(step => step.Contains("COVERING INDEX orders_", StringComparison.Ordinal), $"{sql}: {string.Join("; ", plan)}");
        }

        QueryPlan.Of(
            rig.Database,
            "SELECT order_id FROM orders WHERE status = 'Pending' AND pattern = 'workflow' AND order_id > 'a' AND changed_at < 5 ORDER BY order_id LIMIT 9")
            .ShouldHaveSingleItem().ShouldContain("orders_pending_workflow");
    }

    private static bool Confirm(UnitOfWork<OrdersDb> work, string orderId)
    {
        OrderTransitions.Confirm(work, work.Db.FindOrder(orderId)!, "INV-1");
        return true;
    }

    private static bool Invoiced(UnitOfWork<OrdersDb> work, string orderId)
    {
        if (work.Db.FindOrder(orderId) is { Status: OrderStatuses.Pending } order)
        {
            OrderTransitions.Confirm(work, order, "INV-1");
        }

        return true;
    }

    private WriteQueue<OrdersDb> Writer() => new(rig.Database, new UuidV7Source(rig.Time), rig.Time, crash: null, metered.Meter);

    private Task PlaceAsync(string orderId, string pattern) => rig.DoAsync(work => work.Db.Orders.Add(new Order
    {
        OrderId = orderId,
        CustomerId = "c",
        Pattern = pattern,
        Lines = [],
        TotalCents = 0,
        PlacedAt = work.Now,
        ClientWroteAt = work.Now,
        ChangedAt = work.Now,
    }));
}
