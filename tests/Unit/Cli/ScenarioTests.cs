using System.Text.Json;
using Cli.Demo;
using Contracts;

namespace Tests.Unit.Cli;

public sealed class ScenarioTests
{
    [Fact]
    public void the_same_seed_plans_the_same_run() =>
        Text(Plan(400, seed: 5)).ShouldBe(Text(Plan(400, seed: 5)));

    [Fact]
    public void another_seed_plans_another_run() =>
        Text(Plan(400, seed: 6)).ShouldNotBe(Text(Plan(400, seed: 5)));

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(300)]
    [InlineData(400)]
    [InlineData(5000)]
    public void as_many_orders_as_asked_for_are_planned_and_all_are_valid(int orders)
    {
        var scenario = Plan(orders);

        scenario.Orders.Count.ShouldBe(orders);
        scenario.Orders.Select(o => o.Key).Distinct(StringComparer.Ordinal).Count().ShouldBe(orders);
        scenario.Orders.ShouldAllBe(o => o.Order.Validate().Count == 0);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(300)]
    [InlineData(400)]
    [InlineData(5000)]
    public void at_least_a_tenth_must_end_cancelled_whatever_the_timing(int orders)
    {
        var scenario = Plan(orders);

        var sure = scenario.Orders.Count(o => o.Kind is OrderKind.LowCreditLimit or OrderKind.HugeTotal
            or OrderKind.CancelledAtOnce or OrderKind.CancelledMeanwhile or OrderKind.CancelledAfterConfirmation);

        sure.ShouldBeGreaterThanOrEqualTo(orders / 10);
    }

    [Fact]
    public void every_kind_is_there_and_most_orders_are_plain()
    {
        var kinds = Plan(400).Orders.CountBy(o => o.Kind).ToDictionary();

        kinds.Count.ShouldBe(Enum.GetValues<OrderKind>().Length);
        kinds[OrderKind.Plain].ShouldBe(280);
    }

    [Fact]
    public void some_orders_are_sent_twice_with_their_key()
    {
        var resends = Plan(400).Orders.CountBy(o => o.Resend).ToDictionary();

        resends[Resend.AtOnce].ShouldBeGreaterThan(5);
        resends[Resend.AfterTheAnswer].ShouldBeGreaterThan(5);
    }

    [Fact]
    public void stock_suffices_for_all_but_the_scarce_product()
    {
        var scenario = Plan(400);
        var wanted = scenario.Orders.SelectMany(o => o.Order.Lines!).GroupBy(l => l!.Sku!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(l => l!.Quantity!.Value), StringComparer.Ordinal);

        foreach (var product in scenario.Products.Where(p => wanted.ContainsKey(p.Sku)))
        {
            var scarce = product.Sku == "tag-scarce";
            (product.Pieces < wanted[product.Sku]).ShouldBe(scarce, product.Sku);
        }
    }

    [Fact]
    public void patterns_take_turns()
    {
        var orders = Scenario.Plan(10, 1, ["one", "two"], "tag").Orders;

        orders.Count(o => o.Order.Pattern == "one").ShouldBe(5);
        orders.Count(o => o.Order.Pattern == "two").ShouldBe(5);
    }

    [Fact]
    public void cancellations_meanwhile_meet_each_pattern_at_work()
    {
        var orders = Scenario.Plan(600, 1, [Patterns.Events, Patterns.Sync], "tag").Orders
            .Where(o => o.Kind == OrderKind.CancelledMeanwhile).ToLookup(o => o.Order.Pattern);

        orders[Patterns.Events].ShouldAllBe(o => o.CancelAfter < TimeSpan.FromSeconds(1));
        orders[Patterns.Sync].Max(o => o.CancelAfter).ShouldBeGreaterThan(TimeSpan.FromSeconds(3));
    }

    private static Scenario Plan(int orders, int seed = 1) => Scenario.Plan(orders, seed, [Patterns.Events], "tag");

    private static string Text(Scenario scenario) => JsonSerializer.Serialize(scenario);
}
