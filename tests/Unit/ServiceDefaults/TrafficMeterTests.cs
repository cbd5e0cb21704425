using Contracts;
using Contracts.Events;
using Contracts.Snapshots;
using ServiceDefaults.Traffic;

namespace Tests.Unit.ServiceDefaults;

public sealed class TrafficMeterTests
{
    private readonly TrafficMeter meter = new();

    [Fact]
    public void events_about_orders_count_and_others_do_not()
    {
        meter.Published("order.placed.v1");
        meter.Published("invoice.issued.v1");
        meter.Published("product.changed.v1");
        meter.Delivered("stock.reserved.v1", 3);
        meter.Delivered("product.changed.v1", 5);
        meter.Delivered(type: null, 1);

        meter.Read().ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create(Patterns.Events, new PatternTraffic(2, 3, 0, 0)));
    }

    [Fact]
    public void calls_count_by_what_they_were_made_for()
    {
        meter.Called(Patterns.Workflow);
        meter.Called(Patterns.Sync);
        meter.Carried(Patterns.Sync, 0);
        meter.Called(Patterns.Sync);
        meter.Carried(Patterns.Sync, 7);

        var counts = meter.Read();
        counts[Patterns.Workflow].ShouldBe(new PatternTraffic(0, 0, 1, 0));
        counts[Patterns.Sync].ShouldBe(new PatternTraffic(0, 0, 2, 7));
    }

    [Fact]
    public void the_events_of_orders_are_those_that_name_one() =>
        EventTypeAttribute.OfOrders.Order(StringComparer.Ordinal).ShouldBe(
        [
            "invoice.issued.v1", "invoice.refused.v1", "invoice.voided.v1", "order.cancelled.v1", "order.confirmed.v1", "order.placed.v1",
            "stock.rejected.v1", "stock.reserved.v1",
        ]);

    [Fact]
    public void nothing_is_missed_when_several_threads_count()
    {
        Parallel.For(0, 10_000, _ => meter.Called(Patterns.Sync));

        meter.Read()[Patterns.Sync].Calls.ShouldBe(10_000);
    }
}
