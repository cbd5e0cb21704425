using Consistency.Commands;
using Consistency.Storage;
using Contracts;
using Contracts.Ordering;
using Orders.Orchestrating;
using Orders.Settling;
using Orders.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;
using ServiceDefaults.Versions;

namespace Orders.Cancelling;

/// <summary>A customer cancels: before, while or after the other services act. Cancelling twice is cancelling once.</summary>
internal static class CancelOrder
{
    public static void MapCancelling(this WebApplication app) =>
        app.MapPost("/orders/{orderId}/cancel", (string orderId, HttpContext http, WriteQueue<OrdersDb> writes) =>
            writes.ExecuteCommandAsync(http, "cancel-order", body: null, work => Handle(work, orderId, order => ETag.ThrowUnlessMatches(http, order.Version))));

    public static CommandAnswer Handle(UnitOfWork<OrdersDb> work, string orderId, Action<Order>? precondition = null)
    {
        var order = work.Db.FindOrder(orderId) ?? throw RefusedException.NotFound("order", orderId);
        precondition?.Invoke(order);
        if (order.Status != OrderStatuses.Cancelled)
        {
            var wasConfirmed = order.Status == OrderStatuses.Confirmed;
            order.ClientWroteAt = work.Now;
            OrderTransitions.Cancel(work, order, ReasonCodes.CustomerCancelled, "The customer cancelled the order.");
            OrderWorkflows.TellCancelled(work, order, wasConfirmed);
        }

        return CommandEndpoints.Answer(StatusCodes.Status202Accepted, order.ToAccepted(), $"/orders/{order.OrderId}", order.Version);
    }
}
