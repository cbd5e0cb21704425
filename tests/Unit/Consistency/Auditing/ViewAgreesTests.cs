using Consistency.Auditing;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Tests.Unit.Consistency.Auditing;

public sealed class ViewAgreesTests
{
    private static readonly SystemSnapshot Clean = WithView(CleanSystem.Create());

    [Fact]
    public void a_view_that_says_what_the_owners_say_has_no_violation() => Violations(Clean).ShouldBeEmpty();

    [Fact]
    public void without_a_view_there_is_nothing_to_check() => Violations(Clean with { OrderView = null }).ShouldBeEmpty();

    [Fact]
    public void an_order_that_the_view_lacks_is_found() =>
        Finds("c1", Clean with { OrderView = Clean.OrderView!.Without(r => r.OrderId == "c1") });

    [Fact]
    public void an_order_that_only_the_view_has_is_found() =>
        Finds("ghost", Clean with { OrderView = [.. Clean.OrderView!, Clean.OrderView![0] with { OrderId = "ghost" }] });

    [Fact]
    public void an_order_that_the_view_has_twice_is_found() => Finds("c1", Clean with { OrderView = [.. Clean.OrderView!, Row("c1")] });

    [Fact]
    public void a_status_that_differs_is_found() => Finds("c1", Changed("c1", r => r with { Status = OrderStatuses.Pending }));

    [Fact]
    public void an_older_state_of_the_order_is_found() => Finds("c1", Changed("c1", r => r with { ChangedAt = r.ChangedAt!.Value.AddSeconds(-1) }));

    [Fact]
    public void a_reservation_that_differs_is_found() =>
        Finds("c1", Changed("c1", r => r with { Reservation = r.Reservation! with { Status = ReservationStatuses.Reserved } }));

    [Fact]
    public void a_reservation_that_is_missing_is_found() => Finds("c1", Changed("c1", r => r with { Reservation = null }));

    [Fact]
    public void an_invoice_number_that_differs_is_found() =>
        Finds("c1", Changed("c1", r => r with { Invoice = r.Invoice! with { Number = "A-00000077" } }));

    [Fact]
    public void a_credit_note_that_is_missing_is_found() =>
        Finds("v1", Changed("v1", r => r with { Invoice = r.Invoice! with { CreditNoteNumber = null } }));

    private static OrderViewSnapshot Row(string id) => Clean.OrderView!.Single(r => r.OrderId == id);

    private static SystemSnapshot Changed(string id, Func<OrderViewSnapshot, OrderViewSnapshot> change) =>
        Clean with { OrderView = Clean.OrderView!.With(r => r.OrderId == id, change) };

    private static void Finds(string subject, SystemSnapshot broken)
    {
        var violation = Violations(broken).ShouldHaveSingleItem();
        (violation.Rule, violation.Subject).ShouldBe(("view-agrees", subject));
    }

    private static IReadOnlyList<Violation> Violations(SystemSnapshot snapshot) =>
        Audit.Run(snapshot, new AuditOptions(CleanSystem.Now)).Violations;

    private static SystemSnapshot WithView(SystemSnapshot system) => system with
    {
        OrderView =
        [
            .. from order in system.Orders
               let reservation = system.Reservations.SingleOrDefault(r => r.OrderId == order.OrderId)
               let invoice = system.Invoices.SingleOrDefault(i => i.OrderId == order.OrderId)
               select new OrderViewSnapshot(
                   order.OrderId,
                   order.Status,
                   order.ChangedAt,
                   reservation is null ? null : new OrderReservation(reservation.Status, reservation.ReasonCode, reservation.ChangedAt),
                   invoice is null ? null : new OrderInvoice(
                       invoice.Status, Printed(invoice.Series, invoice.Number), Printed("CRN", invoice.CreditNoteNumber), invoice.ChangedAt)),
        ],
    };

    private static string? Printed(string? series, long? number) => number is null ? null : $"{series}-{number:D8}";
}
