using Contracts;
using Contracts.Feeds;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Tests.Unit.Gateway.Views;

public sealed class ProjectionTests : IAsyncLifetime
{
    private readonly ViewFixture fixture = new();

    public static TheoryData<string, string, string> Orders => new(
        from a in new[] { AppIds.Orders, AppIds.Inventory, AppIds.Invoices }
        from b in new[] { AppIds.Orders, AppIds.Inventory, AppIds.Invoices }
        from c in new[] { AppIds.Orders, AppIds.Inventory, AppIds.Invoices }
        where a != b && b != c && a != c
        select (a, b, c));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task the_three_parts_may_arrive_in_any_order(string first, string second, string third)
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1", version: 2, OrderStatuses.Confirmed);
        fixture.PutReservation("o1", ReservationStatuses.Shipped);
        fixture.PutInvoice("o1");

        foreach (var source in new[] { first, second, third })
        {
            await gateway.FollowAsync(source);
            gateway.Row("o1").ShouldNotBeNull();
        }

        var row = gateway.Row("o1")!;
        var order = row.ToDetails();
        (order.Status, order.Version, order.CustomerId, order.TotalCents).ShouldBe((OrderStatuses.Confirmed, 2, "ann", 200));
        order.Lines.ShouldBe([new OrderLine("apple", 2, 100, 1)]);
        order.Reservation.ShouldBe(new OrderReservation(ReservationStatuses.Shipped, null, fixture.Time.GetUtcNow()));
        order.Invoice.ShouldBe(new OrderInvoice(InvoiceStatuses.Issued, "INV-00000001", null, fixture.Time.GetUtcNow()));
    }

    [Fact]
    public async Task a_page_that_is_applied_a_second_time_changes_nothing()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        fixture.PutReservation("o1");
        fixture.PutInvoice("o1");
        await gateway.CatchUpAsync();
        var before = gateway.Rows();

        var page = fixture.Orders.Read(after: "");
        await gateway.Writes.ExecuteAsync(work =>
        {
            foreach (var change in page.Items)
            {
                global::Gateway.Views.Projection.Apply(work, edition: 1, change);
                global::Gateway.Views.Projection.Apply(work, edition: 1, change);
            }

            return true;
        });

        gateway.Rows().ShouldBe(before);
    }

    [Fact]
    public async Task later_states_replace_earlier_ones_and_only_their_own_part()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1", attention: new OrderAttention("ReleaseStock", "503", fixture.Time.GetUtcNow()));
        fixture.PutInvoice("o1");
        await gateway.CatchUpAsync();
        gateway.Row("o1")!.ToDetails().Attention.ShouldNotBeNull();

        fixture.PutOrder("o1", version: 2, OrderStatuses.Cancelled);
        fixture.PutInvoice("o1", InvoiceStatuses.Voided, note: "CRN-00000001");
        await gateway.CatchUpAsync();

        var order = gateway.Row("o1")!.ToDetails();
        (order.Status, order.Attention).ShouldBe((OrderStatuses.Cancelled, null));
        (order.Invoice!.Status, order.Invoice.Number, order.Invoice.CreditNoteNumber).ShouldBe((InvoiceStatuses.Voided, "INV-00000001", "CRN-00000001"));
        order.Reservation.ShouldBeNull();
    }

    [Fact]
    public async Task a_tombstone_removes_its_part_and_the_last_one_the_row()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        fixture.PutReservation("o1");
        fixture.PutInvoice("o1");
        await gateway.CatchUpAsync();

        fixture.Inventory.Delete(FeedKinds.Reservation, "o1");
        fixture.Invoices.Delete(FeedKinds.Invoice, "o1");
        fixture.Invoices.Delete(FeedKinds.Invoice, "never seen");
        await gateway.CatchUpAsync();
        var row = gateway.Row("o1")!;
        (row.Reservation, row.Invoice, row.Status).ShouldBe((null, null, OrderStatuses.Pending));

        fixture.Orders.Delete(FeedKinds.Order, "o1");
        await gateway.CatchUpAsync();
        gateway.Rows().ShouldBeEmpty();
    }

    [Fact]
    public async Task kinds_that_are_not_in_the_view_are_passed_over()
    {
        var gateway = fixture.Start();
        fixture.Inventory.Put(FeedKinds.Stock, "apple", new { sku = "apple" });
        fixture.Orders.Put("of a later version", "x", new { });

        await gateway.CatchUpAsync();

        gateway.Rows().ShouldBeEmpty();
        gateway.AsOf.ShouldBe(fixture.Time.GetUtcNow());
    }
}
