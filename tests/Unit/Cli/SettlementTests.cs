using Cli.Converging;
using Contracts;
using Tests.Unit.Consistency.Auditing;

namespace Tests.Unit.Cli;

public sealed class SettlementTests
{
    [Theory]
    [InlineData("Confirmed", "Shipped", "Issued", true)]
    [InlineData("Confirmed", "Reserved", "Issued", false)]
    [InlineData("Confirmed", "Shipped", "Voided", false)]
    [InlineData("Confirmed", "Released", "Issued", false)]
    [InlineData("Pending", "Shipped", "Issued", false)]
    [InlineData("Pending", "Rejected", "NeverIssued", false)]
    [InlineData("Cancelled", "Rejected", "NeverIssued", true)]
    [InlineData("Cancelled", "Released", "Refused", true)]
    [InlineData("Cancelled", "Released", "Voided", true)]
    [InlineData("Cancelled", "NeverReserved", "NeverIssued", true)]
    [InlineData("Cancelled", "Reserved", "Voided", false)]
    [InlineData("Cancelled", "Shipped", "Voided", false)]
    [InlineData("Cancelled", "Released", "Issued", false)]
    public void an_order_is_settled_where_all_three_services_are_at_its_end(string order, string reservation, string invoice, bool settled) =>
        Settlement.IsSettled(order, reservation, invoice).ShouldBe(settled);

    [Fact]
    public void settled_and_stuck_orders_are_told_apart()
    {
        var settlement = Settlement.Of(CleanSystem.Create(), ["c1", "v1", "p1", "lost"]);

        settlement.Settled.Select(o => o.Status).ShouldBe(["Confirmed", "Cancelled"]);
        settlement.Stuck.ShouldBe(
            [new StuckOrder("p1", "Pending", "Reserved", "nothing"), new StuckOrder(
                "lost", "nothing", "nothing", "nothing")]);
    }

    [Fact]
    public void a_cancelled_order_without_its_tombstones_is_not_settled_yet()
    {
        var clean = CleanSystem.Create();

        var settlement = Settlement.Of(
            clean with { Invoices = clean.Invoices.Without(i => i.OrderId == "t1") }, ["t1"]);

        settlement.Stuck.ShouldHaveSingleItem().ToString().ShouldBe(
            "orders: Cancelled, inventory: NeverReserved, invoices: nothing");
    }

    [Fact]
    public void a_confirmed_order_that_names_another_invoice_is_not_settled_yet()
    {
        var clean = CleanSystem.Create();

        Settlement.Of(clean with { Orders = clean.Orders.With(o => o.OrderId == "c1", o => o with { InvoiceNumber = "A-00000007" }) }, ["c1"])
            .Stuck.ShouldHaveSingleItem();
    }

    [Fact]
    public void a_product_that_orders_has_not_heard_of_yet_is_waited_for()
    {
        var clean = CleanSystem.Create();

        Settlement.Of(clean, ["c1"]).IsComplete.ShouldBeTrue();
        var late = Settlement.Of(clean with { Catalog = clean.Catalog!.With(c => c.Sku == "pear", c => c with { Version = 3 }) }, ["c1"]);

        late.IsComplete.ShouldBeFalse();
        late.StaleCopies.ShouldBe(["pear"]);
    }

    [Fact]
    public void convergence_lasts_from_the_clients_last_write_to_the_last_change_anywhere()
    {
        var settled = Settlement.Of(CleanSystem.Create(), ["c1"]).Settled.ShouldHaveSingleItem();

        settled.ShouldBe(new SettledOrder(Patterns.Events, "Confirmed", 2000));
    }

    [Fact]
    public void a_write_after_the_last_change_converged_at_once()
    {
        var clean = CleanSystem.Create();
        var late = clean with { Orders = clean.Orders.With(o => o.OrderId == "v1", o => o with { ClientWroteAt = CleanSystem.Now }) };

        Settlement.Of(late, ["v1"]).Settled.ShouldHaveSingleItem().ConvergeMilliseconds.ShouldBe(0);
    }
}
