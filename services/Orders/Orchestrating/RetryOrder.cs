using Consistency.Commands;
using Consistency.Storage;
using Grpc.Core;
using Orders.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;
using ServiceDefaults.Versions;

namespace Orders.Orchestrating;

/// <summary>
/// An operator has removed the cause why an order needs attention, and asks for another try. The order needs attention until a try succeeds;
/// tries may overlap, since every step acts once. An order whose workflow failed, was ended by force or is lost can be retried as well, decided
/// or not: nobody else looks after it.
/// </summary>
internal static class RetryOrder
{
    public static void MapRetrying(this WebApplication app) =>
        app.MapPost("/orders/{orderId}/retry", async (
            string orderId, HttpContext http, Database<OrdersDb> database, WriteQueue<OrdersDb> writes, IWorkflowEngine engine) =>
        {
            var isAbandoned = await IsAbandonedAsync(database, engine, orderId, http.RequestAborted);
            return await writes.ExecuteCommandAsync(
                http,
                "retry-order",
                body: null,
                work => Handle(work, orderId, isAbandoned, order => ETag.ThrowUnlessMatches(http, order.Version)));
        });

    /// <summary>True if nothing is known to be wrong with the order but that its newest workflow never came to its end.</summary>
    public static async Task<bool> IsAbandonedAsync(
        Database<OrdersDb> database, IWorkflowEngine engine, string orderId, CancellationToken cancellationToken)
    {
        try
        {
            return database.Read(db => db.FindOrder(orderId)) is { AttentionStep: null } order
                && await LostWorkflows.IsLostAsync(database, engine, order, cancellationToken);
        }
        catch (RpcException e)
        {
            throw new RefusedException(
                StatusCodes.Status503ServiceUnavailable,
                "The workflow engine does not answer.",
                $"It must be asked about order '{orderId}': {e.Status.Detail}");
        }
    }

    public static CommandAnswer Handle(UnitOfWork<OrdersDb> work, string orderId, bool isAbandoned = false, Action<Order>? precondition = null)
    {
        var order = work.Db.FindOrder(orderId) ?? throw RefusedException.NotFound("order", orderId);
        precondition?.Invoke(order);
        if (order.AttentionStep is null && !isAbandoned)
        {
            throw new RefusedException(
                StatusCodes.Status409Conflict, "Nothing is to be retried.", $"Order '{orderId}' is {order.Status} and needs no attention.");
        }

        OrderWorkflows.StartAgain(work, order);
        return CommandEndpoints.Answer(StatusCodes.Status202Accepted, order.ToAccepted(), $"/orders/{order.OrderId}", order.Version);
    }
}
