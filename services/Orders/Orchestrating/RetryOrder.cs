using Consistency.Commands;
using Consistency.Storage;
using Orders.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;
using ServiceDefaults.Versions;

namespace Orders.Orchestrating;

/// <summary>
/// An operator has removed the cause why an order needs attention, and asks for another try. The order needs attention until a try succeeds;
/// tries may overlap, since every step acts once.
/// </summary>
internal static class RetryOrder
{
    public static void MapRetrying(this WebApplication app) =>
        app.MapPost("/orders/{orderId}/retry", (string orderId, HttpContext http, WriteQueue<OrdersDb> writes) =>
            writes.ExecuteCommandAsync(http, "retry-order", body: null, work => Handle(work, orderId, order => ETag.ThrowUnlessMatches(http, order.Version))));

    public static CommandAnswer Handle(UnitOfWork<OrdersDb> work, string orderId, Action<Order>? precondition = null)
    {
        var order = work.Db.FindOrder(orderId) ?? throw RefusedException.NotFound("order", orderId);
        precondition?.Invoke(order);
        if (order.AttentionStep is null)
        {
            throw new RefusedException(
                StatusCodes.Status409Conflict, "Nothing is to be retried.", $"Order '{orderId}' is {order.Status} and needs no attention.");
        }

        OrderWorkflows.StartSettling(work, order);
        return CommandEndpoints.Answer(StatusCodes.Status202Accepted, order.ToAccepted(), $"/orders/{order.OrderId}", order.Version);
    }
}
