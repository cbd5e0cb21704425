using System.Diagnostics;
using Consistency.Auditing;
using Contracts;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;

namespace Tests.Unit.Consistency.Auditing;

/// <summary>Each test breaks one thing, and expects that one violation and no other.</summary>
public sealed class AuditTests
{
    private static readonly SystemSnapshot Clean = CleanSystem.Create();
    private static readonly CustomerSnapshot Ann = new("ann", "orders-1:1", 1000, "{...}");
    private static readonly AuditOptions Options = new(CleanSystem.Now);

    [Fact]
    public void databases_that_agree_have_no_violation()
    {
        var report = Audit.Run(
            Clean,
            Options with { Acknowledged = ["c1"], Sent = Ids(Clean), ExpectedStatus = Expect("v1", "Cancelled") });

        report.Violations.ShouldBeEmpty();
        report.Checked.ShouldBe(7 + 2 + 2 + 7 + 6 + 2);
    }

    [Fact]
    public void a_piece_out_of_nothing_is_found() => Finds(
        "stock-conserved", "apple", "received 100, but available 98 + reserved 0 + shipped 3 = 101",
        Clean with { Stock = Clean.Stock.With(s => s.Sku == "apple", s => s with { Available = 98 }) });

    [Fact]
    public void negative_stock_is_found_even_where_the_sum_is_right() => Finds(
        "stock-conserved", "apple", "available -1",
        Clean with { Stock = Clean.Stock.With(s => s.Sku == "apple", s => s with { Available = -1, Received = 2 }) });

    [Fact]
    public void replicas_of_customers_that_agree_have_no_violation() => Audit.Run(WithCustomers([Ann], [Ann]), Options).Violations.ShouldBeEmpty();

    [Fact]
    public void a_customer_that_only_one_service_knows_is_found()
    {
        Finds("customers-equal", "ann", "in Orders, but unknown in Invoices", WithCustomers([Ann], []));
        Finds("customers-equal", "ann", "in Invoices, but unknown in Orders", WithCustomers([], [Ann]));
    }

    [Fact]
    public void a_customer_that_a_replica_has_twice_is_found()
    {
        Finds("customers-equal", "ann", "found 1 times in Orders, 2 times in Invoices", WithCustomers([Ann], [Ann, Ann]));
        Finds("customers-equal", "ann", "found 2 times in Orders, 0 times in Invoices", WithCustomers([Ann, Ann], []));
    }

    [Fact]
    public void replicas_that_know_other_writes_are_found() => Finds(
        "customers-equal", "ann", "Orders knows the writes orders-1:1, Invoices invoices-1:1;orders-1:1",
        WithCustomers([Ann], [Ann with { Version = "invoices-1:1;orders-1:1" }]));

    [Fact]
    public void replicas_that_know_the_same_writes_by_other_values_are_found() => Finds(
        "customers-equal", "ann", "not the same values", WithCustomers([Ann], [Ann with { Document = "{}" }]));

    [Fact]
    public void an_account_with_another_limit_than_its_customers_profile_is_found() => Finds(
        "account-follows-profile", "ann", "the profile's credit limit is 900 cents, the account's 1000",
        WithCustomers([Ann with { CreditLimitCents = 900 }], [Ann with { CreditLimitCents = 900 }]));

    [Fact]
    public void pieces_held_for_nobody_are_found() => Finds(
        "stock-matches-reservations", "apple", "reservations say 0 reserved and 3 shipped, stock says 1 and 3",
        Clean with { Stock = Clean.Stock.With(s => s.Sku == "apple", s => s with { Available = 96, Reserved = 1 }) });

    [Fact]
    public void a_reservation_of_a_sku_that_stock_does_not_know_is_found() => Finds(
        "stock-matches-reservations", "plum", "does not know",
        Clean with { Reservations = [.. Clean.Reservations.Without(r => r.OrderId == "p1"), P1Reserves(("pear", 2), ("plum", 1))] });

    [Fact]
    public void a_total_that_is_not_the_sum_of_the_lines_is_found() => Finds(
        "order-total", "f1", "lines sum up to 500 cents, the order says 501",
        Clean with { Orders = Clean.Orders.With(o => o.OrderId == "f1", o => o with { TotalCents = 501 }) });

    [Fact]
    public void a_confirmed_order_without_reservation_is_found() => Finds(
        "confirmed-has-reservation", "c2", "expected one Shipped reservation, found none",
        Clean with
        {
            Reservations = Clean.Reservations.Without(r => r.OrderId == "c2"),
            Stock = Clean.Stock.With(s => s.Sku == "apple", s => s with { Available = 98, Shipped = 2 }),
        });

    [Fact]
    public void a_confirmed_order_whose_reservation_was_released_is_found() => Finds(
        "confirmed-has-reservation", "c2", "found Released",
        Clean with
        {
            Reservations = Clean.Reservations.With(
                r => r.OrderId == "c2", r => r with { Status = ReservationStatuses.Released }),
            Stock = Clean.Stock.With(s => s.Sku == "apple", s => s with { Available = 98, Shipped = 2 }),
        });

    [Fact]
    public void a_confirmed_order_that_shipped_other_lines_is_found() => Finds(
        "confirmed-has-reservation", "c2", "expected 1 x apple to be shipped, found 2 x apple",
        Clean with
        {
            Reservations = Clean.Reservations.With(
                r => r.OrderId == "c2", r => r with { Lines = [new ReservedLine("apple", 2)] }),
            Stock = Clean.Stock.With(s => s.Sku == "apple", s => s with { Available = 96, Shipped = 4 }),
        });

    [Fact]
    public void an_order_reserved_twice_is_found() => Finds(
        "confirmed-has-reservation", "c2", "found Shipped, Shipped",
        Clean with
        {
            Reservations = [.. Clean.Reservations, CleanSystem.Reservation(
                "c2", ReservationStatuses.Shipped, new ReservedLine("apple", 1))],
            Stock = Clean.Stock.With(s => s.Sku == "apple", s => s with { Available = 96, Shipped = 4 }),
        });

    [Fact]
    public void a_confirmed_order_without_invoice_is_found() => Finds(
        "confirmed-has-invoice", "c2", "expected one Issued invoice, found none",
        Clean with { Invoices = Clean.Invoices.Without(i => i.OrderId == "c2"), Accounts = AnnOwes(250) });

    [Fact]
    public void a_confirmed_order_invoiced_twice_is_found() => Finds(
        "confirmed-has-invoice", "c2", "found Issued, Issued",
        Clean with { Invoices = [.. Clean.Invoices, CleanSystem.Invoice("c2", InvoiceStatuses.Issued, 4, null, 100)], Accounts = AnnOwes(450) });

    [Fact]
    public void an_invoice_over_another_amount_is_found() => Finds(
        "confirmed-has-invoice", "c2", "expected an invoice of 100 cents to ann, found 90 to ann",
        Clean with { Invoices = Clean.Invoices.With(i => i.OrderId == "c2", i => i with { TotalCents = 90 }), Accounts = AnnOwes(340) });

    [Fact]
    public void an_invoice_to_another_customer_is_found() => Finds(
        "confirmed-has-invoice", "c2", "found 100 to bob",
        Clean with
        {
            Invoices = Clean.Invoices.With(i => i.OrderId == "c2", i => i with { CustomerId = "bob" }),
            Accounts = [new AccountSnapshot("ann", 1000, 250), new AccountSnapshot("bob", 1000, 100)],
        });

    [Fact]
    public void a_cancelled_order_that_still_holds_stock_is_found() => Finds(
        "cancelled-is-undone", "v1", "a Reserved reservation",
        Clean with
        {
            Reservations = Clean.Reservations.With(
                r => r.OrderId == "v1", r => r with { Status = ReservationStatuses.Reserved }),
            Stock = Clean.Stock.With(s => s.Sku == "apple", s => s with { Available = 96, Reserved = 1 }),
        });

    [Fact]
    public void a_cancelled_order_whose_invoice_stands_is_found() => Finds(
        "cancelled-is-undone", "v1", "an Issued invoice",
        Clean with
        {
            Invoices = Clean.Invoices.With(
                i => i.OrderId == "v1", i => i with { Status = InvoiceStatuses.Issued, CreditNoteNumber = null }),
            Accounts = AnnOwes(450),
        });

    [Fact]
    public void a_cancelled_order_that_others_never_saw_is_fine() =>
        Audit.Run(
            Clean with
            {
                Reservations = Clean.Reservations.Without(r => r.OrderId == "t1"),
                Invoices = Clean.Invoices.Without(i => i.OrderId == "t1"),
            },
            Options).Violations.ShouldBeEmpty();

    [Fact]
    public void a_reservation_of_an_unknown_order_is_found() => Finds(
        "no-orphans", "x9", "Inventory has a Rejected reservation",
        Clean with { Reservations = [.. Clean.Reservations, CleanSystem.Reservation("x9", ReservationStatuses.Rejected)] });

    [Fact]
    public void an_invoice_of_an_unknown_order_is_found() => Finds(
        "no-orphans", "x9", "Invoices has an invoice row Issued",
        Clean with { Invoices = [.. Clean.Invoices, CleanSystem.Invoice("x9", InvoiceStatuses.Issued, 4, null, 0)] });

    [Fact]
    public void a_gap_in_the_invoice_numbers_is_found() => Finds(
        "invoice-numbers-gapless", "A", "expected 1 to 3 without gaps, found 1 to 4; missing from 3",
        Clean with
        {
            Invoices = Clean.Invoices.With(i => i.OrderId == "c2", i => i with { Number = 4 }), Orders = NumberOfC2("A-00000004"),
        });

    [Fact]
    public void an_invoice_number_given_out_twice_is_found() => Finds(
        "invoice-numbers-gapless", "A", "but twice: 2",
        Clean with
        {
            Invoices = Clean.Invoices.With(i => i.OrderId == "c2", i => i with { Number = 2 }), Orders = NumberOfC2("A-00000002"),
        });

    [Fact]
    public void an_issued_invoice_without_number_is_found() => Finds(
        "invoice-numbers-gapless", "c2", "found none",
        Clean with { Invoices = Clean.Invoices.With(i => i.OrderId == "c2", i => i with { Number = null }) });

    [Fact]
    public void a_gap_in_the_credit_note_numbers_is_found() => Finds(
        "credit-note-numbers-gapless", "credit notes of A",
        "expected 1 to 1 without gaps, found 2 to 2; missing from 1",
        Clean with { Invoices = Clean.Invoices.With(i => i.OrderId == "v1", i => i with { CreditNoteNumber = 2 }) });

    [Fact]
    public void a_voided_invoice_without_credit_note_is_found() => Finds(
        "voided-has-credit-note", "v1", "expected a credit note, found none",
        Clean with { Invoices = Clean.Invoices.With(i => i.OrderId == "v1", i => i with { CreditNoteNumber = null }) });

    [Fact]
    public void a_credit_note_for_an_invoice_that_stands_is_found() => Finds(
        "voided-has-credit-note", "c2", "expected no credit note, found number 2",
        Clean with { Invoices = Clean.Invoices.With(i => i.OrderId == "c2", i => i with { CreditNoteNumber = 2 }) });

    [Fact]
    public void a_credit_note_over_another_amount_is_found() => Finds(
        "voided-over-the-order", "v1", "expected a voided invoice of 100 cents to ann, found 99 to ann",
        Clean with { Invoices = Clean.Invoices.With(i => i.OrderId == "v1", i => i with { TotalCents = 99 }) });

    [Fact]
    public void a_credit_note_to_another_customer_is_found() => Finds(
        "voided-over-the-order", "v1", "found 100 to bob",
        Clean with { Invoices = Clean.Invoices.With(i => i.OrderId == "v1", i => i with { CustomerId = "bob" }) });

    [Theory]
    [InlineData("A-00000001")]
    [InlineData("B-00000003")]
    [InlineData("3")]
    [InlineData(null)]
    public void a_confirmed_order_that_names_another_invoice_or_none_is_found(string? number) => Finds(
        "invoice-number-agrees", "c2", $"its invoice is A-3, the order names {number ?? "none"}", Clean with { Orders = NumberOfC2(number) });

    [Fact]
    public void a_cancelled_order_that_names_another_invoice_is_found() => Finds(
        "invoice-number-agrees", "v1", "its invoice is A-2, the order names A-00000007",
        Clean with { Orders = Clean.Orders.With(o => o.OrderId == "v1", o => o with { InvoiceNumber = "A-00000007" }) });

    [Fact]
    public void a_cancelled_order_that_never_heard_of_its_invoice_is_fine() =>
        Audit.Run(
            Clean with { Orders = Clean.Orders.With(o => o.OrderId == "v1", o => o with { InvoiceNumber = null }) }, Options)
            .Violations.ShouldBeEmpty();

    [Fact]
    public void an_invoice_that_was_erased_after_the_cancellation_is_found() => Finds(
        "invoice-number-agrees", "t1", "names invoice A-00000004, Invoices has none",
        Clean with
        {
            Orders = Clean.Orders.With(o => o.OrderId == "t1", o => o with { InvoiceNumber = "A-00000004" }),
            Invoices = Clean.Invoices.Without(i => i.OrderId == "t1"),
        });

    [Fact]
    public void a_product_that_the_catalog_lacks_is_found() => Finds(
        "catalog-equals-products", "pear", "Inventory has version 4 ('Pear', 50 cents), Orders has 0 copies",
        Clean with { Catalog = Clean.Catalog!.Without(c => c.Sku == "pear") });

    [Fact]
    public void a_product_that_the_catalog_has_twice_is_found() => Finds(
        "catalog-equals-products", "pear", "Orders has 2 copies", Clean with { Catalog = [.. Clean.Catalog!, Clean.Catalog![1]] });

    [Theory]
    [InlineData("Pear", 50, true, 4)]
    [InlineData("Pear", 51, false, 4)]
    [InlineData("Pera", 50, false, 4)]
    [InlineData("Pear", 50, false, 3)]
    public void a_copy_that_differs_from_its_product_in_anything_is_found(string name, long price, bool withdrawn, long version) => Finds(
        "catalog-equals-products", "pear", "Inventory has version 4 ('Pear', 50 cents), Orders has version",
        Clean with { Catalog = Clean.Catalog!.With(c => c.Sku == "pear", _ => new CatalogItem("pear", name, price, withdrawn, version)) });

    [Fact]
    public void a_copy_of_a_product_that_does_not_exist_is_found() => Finds(
        "catalog-equals-products", "plum", "Inventory has no such product",
        Clean with { Catalog = [.. Clean.Catalog!, new CatalogItem("plum", "Plum", 1, false, 1)] });

    [Fact]
    public void a_catalog_that_was_not_taken_is_not_judged() =>
        Audit.Run(Clean with { Catalog = null }, Options).Violations.ShouldBeEmpty();

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void a_price_version_that_the_product_never_had_is_found(long version) => Finds(
        "price-version-existed", "c2", $"priced 'apple' by version {version}, Inventory has versions 1 to 9",
        Clean with { Orders = C2Buys(new OrderLine("apple", 1, 100, version)) });

    [Fact]
    public void two_prices_of_one_version_are_found() => Finds(
        "price-version-existed", "p1", "priced 'pear' at 40 cents by version 1, which is 50 cents elsewhere",
        Clean with
        {
            Orders = Clean.Orders.With(
                o => o.OrderId == "p1", o => o with { Lines = [new OrderLine("pear", 2, 40, 1)], TotalCents = 80 }),
        });

    [Fact]
    public void another_price_than_the_products_at_its_newest_version_is_found() => Finds(
        "price-version-existed", "p1", "priced 'pear' at 51 cents by version 4, which is 50 cents elsewhere",
        Clean with
        {
            Orders = Clean.Orders.With(
                o => o.OrderId == "p1", o => o with { Lines = [new OrderLine("pear", 2, 51, 4)], TotalCents = 102 }),
        });

    [Fact]
    public void a_price_of_a_product_that_inventory_does_not_have_is_found() => Finds(
        "price-version-existed", "t1", "priced 'plum', which Inventory does not have",
        Clean with
        {
            Orders = Clean.Orders.With(
                o => o.OrderId == "t1", o => o with { Lines = [new OrderLine("plum", 1, 50, 1)], TotalCents = 50 }),
        });

    [Fact]
    public void a_pending_order_whose_goods_have_left_is_found() => Finds(
        "pending-is-not-shipped", "p1", "found a Shipped reservation",
        Clean with
        {
            Reservations = Clean.Reservations.With(r => r.OrderId == "p1", r => r with { Status = ReservationStatuses.Shipped }),
            Stock = Clean.Stock.With(s => s.Sku == "pear", s => s with { Reserved = 0, Shipped = 3 }),
        });

    [Fact]
    public void an_account_that_does_not_add_up_is_found() => Finds(
        "account-open-amount", "ann", "Issued invoices sum up to 350 cents, the account says 351",
        Clean with { Accounts = AnnOwes(351) });

    [Fact]
    public void invoices_without_an_account_are_found() => Finds(
        "account-open-amount", "ann", "no account",
        Clean with { Accounts = Clean.Accounts.Without(a => a.CustomerId == "ann") });

    [Theory]
    [InlineData(Patterns.Events)]
    [InlineData(Patterns.Workflow)]
    [InlineData(Patterns.Sync)]
    public void an_order_that_waits_too_long_is_found_whatever_its_pattern(string pattern) => Finds(
        "nothing-waits-too-long", "p1", "Pending for 301 s, the objective is 300 s",
        Clean with
        {
            Orders = Clean.Orders.With(
                o => o.OrderId == "p1", o => o with { Pattern = pattern, PlacedAt = CleanSystem.Now.AddSeconds(-301) }),
        });

    [Fact]
    public void a_reservation_that_waits_too_long_is_found() => Finds(
        "nothing-waits-too-long", "p1", "Reserved for 301 s",
        Clean with
        {
            Reservations = Clean.Reservations.With(
                r => r.OrderId == "p1", r => r with { ChangedAt = CleanSystem.Now.AddSeconds(-301) }),
        });

    [Fact]
    public void an_order_that_was_acknowledged_and_is_gone_is_found() => Finds(
        "acknowledged-exists", "gone", "does not have it", Clean, Options with { Acknowledged = ["c1", "gone"] });

    [Fact]
    public void an_order_that_nobody_was_given_is_found() => Finds(
        "nothing-unsent", "c2", "no client", Clean,
        Options with { Sent = Ids(Clean).Where(id => id != "c2").ToHashSet(StringComparer.Ordinal) });

    [Fact]
    public void a_lost_cancellation_is_found() => Finds(
        "expected-outcome", "c2", "expected Cancelled, found Confirmed", Clean,
        Options with { ExpectedStatus = Expect("c2", "Cancelled") });

    [Fact]
    public void a_needless_refusal_is_found() => Finds(
        "expected-outcome", "r1", "expected Confirmed, found Cancelled (out-of-stock)", Clean,
        Options with { ExpectedStatus = Expect("r1", "Confirmed") });

    [Fact]
    public void ten_thousand_orders_are_audited_in_well_under_a_second()
    {
        var many = Many(10_000);
        Audit.Run(Clean, Options).Violations.ShouldBeEmpty();

        var clock = Stopwatch.StartNew();
        var report = Audit.Run(many, Options with { Acknowledged = [.. Ids(many)], Sent = Ids(many) });

        report.Violations.ShouldBeEmpty();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    private static void Finds(
        string rule, string subject, string detail, SystemSnapshot broken, AuditOptions? options = null)
    {
        var violation = Audit.Run(broken, options ?? Options).Violations.ShouldHaveSingleItem();
        (violation.Rule, violation.Subject).ShouldBe((rule, subject));
        violation.Detail.ShouldContain(detail, Case.Sensitive);
    }

    private static IReadOnlyList<OrderSnapshot> NumberOfC2(string? number) =>
        Clean.Orders.With(o => o.OrderId == "c2", o => o with { InvoiceNumber = number });

    private static IReadOnlyList<OrderSnapshot> C2Buys(params OrderLine[] lines) =>
        Clean.Orders.With(o => o.OrderId == "c2", o => o with { Lines = lines });

    private static ReservationSnapshot P1Reserves(params (string Sku, int Quantity)[] lines) =>
        CleanSystem.Reservation(
            "p1", ReservationStatuses.Reserved, [.. lines.Select(l => new ReservedLine(l.Sku, l.Quantity))]);

    private static IReadOnlyList<AccountSnapshot> AnnOwes(long cents) =>
        Clean.Accounts.With(a => a.CustomerId == "ann", a => a with { OpenCents = cents });

    private static HashSet<string> Ids(SystemSnapshot snapshot) =>
        snapshot.Orders.Select(o => o.OrderId).ToHashSet(StringComparer.Ordinal);

    private static Dictionary<string,
    string> Expect(string id, string status) => new(StringComparer.Ordinal) { [id] = status };

    private static SystemSnapshot WithCustomers(IReadOnlyList<CustomerSnapshot> inOrders, IReadOnlyList<CustomerSnapshot> inInvoices) =>
        Clean with { Customers = inOrders, BillingCustomers = inInvoices };

    private static SystemSnapshot Many(int count)
    {
        var ids = Enumerable.Range(1, count).Select(i => $"order-{i:D6}").ToList();
        return new SystemSnapshot(
            [.. ids.Select((id, i) => CleanSystem.Order(id, OrderStatuses.Confirmed, null, new OrderLine("apple", 2, 100, 1))
                with { InvoiceNumber = $"A-{i + 1:D8}" })],
            [new StockLevel("apple", "Apple", 100, false, 2 * count, 0, 0, 2 * count, 1)],
            [.. ids.Select(
                id => CleanSystem.Reservation(id, ReservationStatuses.Shipped, new ReservedLine("apple", 2)))],
            [.. ids.Select((id, i) => CleanSystem.Invoice(id, InvoiceStatuses.Issued, i + 1, null, 200))],
            [new AccountSnapshot("ann", 1000, 200L * count)])
        {
            Catalog = [new CatalogItem("apple", "Apple", 100, false, 1)],
        };
    }
}
