using Contracts;
using Contracts.Invoicing;
using Contracts.Ordering;
using Invoices.Accounts;
using Invoices.Invoicing;
using Invoices.Reconciling;
using Invoices.Storage;

namespace Tests.Unit.Reconciling;

/// <summary>Every state of an order beside every state of its invoice, in every pattern, told twice, and older ones told late.</summary>
public sealed class InvoicesPairsTests
{
    private const string Nothing = "nothing";
    private static readonly InvoiceBook Book = new(new CreditPolicy(1000));

    /// <summary>Order's status, whether the stock is reserved, invoice before, invoice after, and in pattern workflow where it differs.</summary>
    public static TheoryData<string, bool, string, string, string> Pairs => new()
    {
        { OrderStatuses.Pending, false, Nothing, Nothing, "" },
        { OrderStatuses.Pending, true, Nothing, InvoiceStatuses.Issued, Nothing },
        { OrderStatuses.Pending, true, InvoiceStatuses.Issued, InvoiceStatuses.Issued, "" },
        { OrderStatuses.Pending, true, InvoiceStatuses.Voided, InvoiceStatuses.Voided, "" },
        { OrderStatuses.Pending, true, InvoiceStatuses.Refused, InvoiceStatuses.Refused, "" },
        { OrderStatuses.Pending, true, InvoiceStatuses.NeverIssued, InvoiceStatuses.NeverIssued, "" },
        { OrderStatuses.Confirmed, true, Nothing, InvoiceStatuses.Issued, "" },
        { OrderStatuses.Confirmed, true, InvoiceStatuses.Issued, InvoiceStatuses.Issued, "" },
        { OrderStatuses.Confirmed, true, InvoiceStatuses.Voided, InvoiceStatuses.Voided, "" },
        { OrderStatuses.Confirmed, true, InvoiceStatuses.Refused, InvoiceStatuses.Issued, "" },
        { OrderStatuses.Confirmed, true, InvoiceStatuses.NeverIssued, InvoiceStatuses.NeverIssued, "" },
        { OrderStatuses.Cancelled, true, Nothing, InvoiceStatuses.NeverIssued, "" },
        { OrderStatuses.Cancelled, true, InvoiceStatuses.Issued, InvoiceStatuses.Voided, "" },
        { OrderStatuses.Cancelled, true, InvoiceStatuses.Voided, InvoiceStatuses.Voided, "" },
        { OrderStatuses.Cancelled, true, InvoiceStatuses.Refused, InvoiceStatuses.Refused, "" },
        { OrderStatuses.Cancelled, true, InvoiceStatuses.NeverIssued, InvoiceStatuses.NeverIssued, "" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task a_pair_comes_into_line_once(string status, bool stockReserved, string before, string after, string inWorkflow)
    {
        foreach (var pattern in Told.Patterns)
        {
            await using var rig = new ServiceRig<InvoicesDb>(o => new InvoicesDb(o));
            await SetUpAsync(rig, before);
            var expected = pattern == Patterns.Workflow && inWorkflow.Length > 0 ? inWorkflow : after;

            await TellAsync(rig, status, pattern, stockReserved);
            Check(rig, expected);
            var isLoss = status == OrderStatuses.Confirmed && expected != before;
            rig.Repairs.Count.ShouldBe(expected != before && (pattern != Patterns.Sync || isLoss) ? 1 : 0, pattern);
            rig.Events.ShouldBe((pattern, status, before) switch
            {
                (Patterns.Events, OrderStatuses.Pending, Nothing) when stockReserved => ["invoice.issued.v1"],
                (Patterns.Events, OrderStatuses.Cancelled, InvoiceStatuses.Issued) => ["invoice.voided.v1"],
                _ => [],
            });

            var (end, repairs) = (rig.FeedEnd, rig.Repairs.Count);
            await TellAsync(rig, status, pattern, stockReserved);
            (rig.FeedEnd, rig.Repairs.Count).ShouldBe((end, repairs), "told twice, nothing is written again");

            string[] older = status switch
            {
                OrderStatuses.Confirmed => [OrderStatuses.Pending],
                OrderStatuses.Cancelled => [OrderStatuses.Pending, OrderStatuses.Confirmed],
                _ => [],
            };
            foreach (var late in older)
            {
                await TellAsync(rig, late, pattern, stockReserved);
                Check(rig, expected);
            }
        }
    }

    [Fact]
    public async Task an_invoice_that_was_lost_is_issued_whatever_the_credit_in_the_configured_series()
    {
        await using var rig = new ServiceRig<InvoicesDb>(o => new InvoicesDb(o));
        var book = new InvoiceBook(new CreditPolicy(defaultLimitCents: 0), "INV2");

        await rig.DoAsync(work => OrderReconciling.Reconcile(work, Told.Order(OrderStatuses.Confirmed, Patterns.Events), Told.Then, book));

        var invoice = rig.Database.Read(db => db.FindInvoice(Told.OrderId))!;
        (invoice.FormattedNumber, invoice.Pulled).ShouldBe(("INV2-00000001", true));
        rig.Repairs.Single().Did.ShouldBe("issued as INV2-00000001");
    }

    [Fact]
    public async Task an_order_over_the_credit_limit_is_refused_and_that_is_announced_where_it_goes_by_events()
    {
        await using var rig = new ServiceRig<InvoicesDb>(o => new InvoicesDb(o));
        var book = new InvoiceBook(new CreditPolicy(defaultLimitCents: 199));

        await rig.DoAsync(work => OrderReconciling.Reconcile(
            work, Told.Order(OrderStatuses.Pending, Patterns.Events, stockReserved: true), Told.Then, book));

        rig.Events.ShouldBe(["invoice.refused.v1"]);
        rig.Database.Read(db => db.FindInvoice(Told.OrderId))!.Pulled.ShouldBeTrue();
    }

    [Theory]
    [InlineData("CRN")]
    [InlineData("")]
    [InlineData("INV 2")]
    [InlineData("INVOICES2026")]
    public void a_series_that_cannot_be_printed_stops_the_start(string name) =>
        Should.Throw<InvalidOperationException>(() => NumberSeries.Check(name)).Message.ShouldContain("InvoiceSeries");

    private static Task TellAsync(ServiceRig<InvoicesDb> rig, string status, string pattern, bool stockReserved) =>
        rig.DoAsync(work => OrderReconciling.Reconcile(work, Told.Order(status, pattern, stockReserved), Told.Then, Book));

    private static void Check(ServiceRig<InvoicesDb> rig, string expected)
    {
        var invoice = rig.Database.Read(db => db.FindInvoice(Told.OrderId));
        (invoice?.Status ?? Nothing).ShouldBe(expected);
        var open = rig.Database.Read(db => db.FindAccount("customer"))?.OpenCents ?? 0;
        open.ShouldBe(expected == InvoiceStatuses.Issued ? 200 : 0);
        (invoice?.CreditNoteNumber is not null).ShouldBe(expected == InvoiceStatuses.Voided);
    }

    private static async Task SetUpAsync(ServiceRig<InvoicesDb> rig, string status)
    {
        if (status is InvoiceStatuses.Issued or InvoiceStatuses.Voided)
        {
            await rig.DoAsync(work => Book.Add(work, Told.OrderId, "customer", 200));
        }

        if (status is InvoiceStatuses.Voided or InvoiceStatuses.NeverIssued)
        {
            await rig.DoAsync(work => InvoiceBook.Undo(work, Told.OrderId, 1, "cancelled"));
        }

        if (status == InvoiceStatuses.Refused)
        {
            await rig.DoAsync(work => new InvoiceBook(new CreditPolicy(0)).Add(work, Told.OrderId, "customer", 200));
        }
    }
}
