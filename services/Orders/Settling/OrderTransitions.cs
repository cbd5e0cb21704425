using Consistency.Storage;
using Contracts;
using Contracts.Events;
using Contracts.Ordering;
using Microsoft.EntityFrameworkCore;
using Orders.Storage;

namespace Orders.Settling;

/// <summary>
/// The order's state machine: Pending -> Confirmed | Cancelled, Confirmed -> Cancelled (by the customer). Cancelled is final,
/// so whatever order events arrive in, the services end up agreeing with it. In pattern <c>events</c> a transition is announced; in pattern
/// <c>workflow</c> nobody listens, the orchestrator calls, and in pattern <c>sync</c> the others read it.
/// </summary>
internal static class OrderTransitions
{
    public static void Confirm(UnitOfWork<OrdersDb> work, Order order, string invoiceNumber)
    {
        CountDecided(work, order, "confirmed");
        order.Status = OrderStatuses.Confirmed;
        order.InvoiceNumber = invoiceNumber;
        Touch(work, order);
        Announce(work, order, new OrderConfirmed(order.OrderId, invoiceNumber));
    }

    public static void Cancel(UnitOfWork<OrdersDb> work, Order order, string reasonCode, string detail)
    {
        CountDecided(work, order, "cancelled");
        order.Status = OrderStatuses.Cancelled;
        order.ReasonCode = reasonCode;
        order.Detail = detail;
        Touch(work, order);
        Announce(work, order, new OrderCancelled(order.OrderId, reasonCode, detail));
    }

    public static void Announce<TEvent>(UnitOfWork<OrdersDb> work, Order order, TEvent message)
    {
        if (order.Pattern == Patterns.Events)
        {
            work.Publish(order.OrderId, order.Version, message);
        }
    }

    public static void Touch(UnitOfWork<OrdersDb> work, Order order)
    {
        order.Version++;
        order.ChangedAt = work.Now;
        order.WorkflowRestarts = 0;
    }

    // The first decision alone, which this transaction takes: repetitions and other instances find it taken. An order that is only now brought back,
    // after its database was lost, was accepted in another life.
    private static void CountDecided(UnitOfWork<OrdersDb> work, Order order, string outcome)
    {
        if (order.Status == OrderStatuses.Pending && work.Db.Entry(order).State != EntityState.Added)
        {
            var (pattern, duration) = (order.Pattern, work.Now - order.PlacedAt);
            work.AfterCommit(meter => meter.Converged(pattern, outcome, duration));
        }
    }
}
