using Consistency.Storage;
using Consistency.Versions;
using Contracts.Events;
using Contracts.Ordering;
using Orders.Storage;
using ServiceDefaults.Messaging;

namespace Orders.Settling;

/// <summary>
/// Orders' side of the choreography: what Inventory and Invoices say settles the order. An order that is cancelled already stays so:
/// its <c>order.cancelled</c> event undoes whatever the others did meanwhile.
/// </summary>
internal static class SettlingEvents
{
    public static void MapSettling(this WebApplication app)
    {
        app.MapEvent<OrdersDb, StockRejected>(On);
        app.MapEvent<OrdersDb, InvoiceIssued>(On);
        app.MapEvent<OrdersDb, InvoiceRefused>(On);
    }

    public static void On(UnitOfWork<OrdersDb> work, Received<StockRejected> message)
    {
        if (Find(work, message.Data.OrderId) is { Status: OrderStatuses.Pending } order)
        {
            OrderTransitions.Cancel(work, order, message.Data.ReasonCode, message.Data.Detail);
        }
    }

    public static void On(UnitOfWork<OrdersDb> work, Received<InvoiceIssued> message)
    {
        if (Find(work, message.Data.OrderId) is { Status: OrderStatuses.Pending } order)
        {
            OrderTransitions.Confirm(work, order, message.Data.InvoiceNumber);
        }
    }

    public static void On(UnitOfWork<OrdersDb> work, Received<InvoiceRefused> message)
    {
        if (Find(work, message.Data.OrderId) is { Status: OrderStatuses.Pending } order)
        {
            OrderTransitions.Cancel(work, order, message.Data.ReasonCode, message.Data.Detail);
        }
    }

    // Orders wrote the order before it told anyone; an unknown one means that this database lost it (a restored backup).
    private static Order Find(UnitOfWork<OrdersDb> work, string orderId) =>
        work.Db.FindOrder(orderId) ?? throw new TooEarlyException($"Order '{orderId}' is not here.");
}
