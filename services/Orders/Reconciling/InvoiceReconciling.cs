using Consistency.Repairs;
using Consistency.Storage;
using Contracts;
using Contracts.Feeds;
using Contracts.Invoicing;
using Contracts.Ordering;
using Orders.Settling;
using Orders.Storage;

namespace Orders.Reconciling;

/// <summary>
/// Brings the order in line with what Invoices' feed says of its invoice: the way of pattern <c>sync</c>, and the repair of the others. A
/// void, or a cancellation that was remembered, rests on a decision of Orders: where the order does not show it, this database was put back to
/// an earlier state.
/// </summary>
internal static class InvoiceReconciling
{
    public static void Reconcile(UnitOfWork<OrdersDb> work, InvoiceState invoice, DateTimeOffset changedAt)
    {
        if (work.Db.FindOrder(invoice.OrderId) is not { } order)
        {
            LostOrders.Recreate(work, invoice, changedAt);
            return;
        }

        switch (order.Status, invoice.Status)
        {
            case (OrderStatuses.Pending, InvoiceStatuses.Issued):
                OrderTransitions.Confirm(work, order, invoice.Number!);
                OrderHealing.Mark(order);
                Record(work, order, "Pending", invoice, $"confirmed with {invoice.Number}", changedAt, OrderHealing.IsNormal(order));
                break;

            case (OrderStatuses.Pending, InvoiceStatuses.Refused):
                Cancel(work, order, invoice, changedAt, OrderHealing.IsNormal(order));
                break;

            case (OrderStatuses.Pending or OrderStatuses.Confirmed, InvoiceStatuses.Voided or InvoiceStatuses.NeverIssued):
                Cancel(work, order, invoice, changedAt, isNormal: false);
                order.Healing = true;
                break;

            // Invoices was put back, and has issued it anew.
            case (OrderStatuses.Confirmed, InvoiceStatuses.Issued) when order.InvoiceNumber != invoice.Number:
                var before = order.InvoiceNumber;
                order.InvoiceNumber = invoice.Number;
                OrderTransitions.Touch(work, order);
                Record(work, order, $"Confirmed with {before}", invoice, $"follows {invoice.Number}", changedAt, isNormal: false);
                break;

            // Invoices looks at the order once more.
            case (OrderStatuses.Confirmed, InvoiceStatuses.Refused):
            case (OrderStatuses.Cancelled, InvoiceStatuses.Issued):
                OrderHealing.Mark(order);
                break;
        }
    }

    private static void Cancel(UnitOfWork<OrdersDb> work, Order order, InvoiceState invoice, DateTimeOffset changedAt, bool isNormal)
    {
        var before = order.Status;
        var reason = invoice.ReasonCode ?? ReasonCodes.AlreadyUndone;
        OrderTransitions.Cancel(work, order, reason, invoice.Detail ?? $"Invoices has undone the order: {reason}.");
        OrderHealing.Mark(order);
        Record(work, order, before, invoice, $"cancelled: {reason}", changedAt, isNormal);
    }

    private static void Record(
        UnitOfWork<OrdersDb> work, Order order, string before, InvoiceState invoice, string did, DateTimeOffset changedAt, bool isNormal)
    {
        if (!isNormal)
        {
            RepairLog.Record(
                work,
                FeedKinds.Order,
                order.OrderId,
                order.Pattern,
                $"the order was {before}, its invoice is {invoice.Status}{(invoice.Number is null ? "" : $" ({invoice.Number})")}",
                did,
                changedAt);
        }
    }
}
