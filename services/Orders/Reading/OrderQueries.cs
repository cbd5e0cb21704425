using Consistency.Storage;
using Contracts.Ordering;
using Contracts.Snapshots;
using Orders.Storage;
using ServiceDefaults.Problems;
using ServiceDefaults.Versions;

namespace Orders.Reading;

internal static class OrderQueries
{
    public static void MapReading(this WebApplication app)
    {
        app.MapGet("/orders/{orderId}", (string orderId, HttpContext http, Database<OrdersDb> database) =>
            database.Read(db => db.FindOrder(orderId)) is { } order
                ? ETag.Ok(http, order.ToDetails(), order.Version)
                : throw RefusedException.NotFound("order", orderId));
        app.MapGet("/orders", (string? customerId, string? status, bool? attention, string? after, int? limit, Database<OrdersDb> database) =>
            TypedResults.Ok(List(database, customerId, status, attention, after, KeysetPage.Size(limit), o => o.ToDetails())));
        app.MapGet("/snapshots/orders", (string? after, int? limit, Database<OrdersDb> database) =>
            TypedResults.Ok(List(database, customerId: null, status: null, attention: null, after, KeysetPage.Size(limit), o => o.ToSnapshot())));
    }

    /// <summary>Orders that wait for another service: not decided, or not carried out. Counted one by one, each by its index.</summary>
    public static long CountUnsettled(OrdersDb db) =>
        db.Orders.LongCount(o => o.Status == OrderStatuses.Pending) + db.Orders.LongCount(o => o.Settling);

    /// <summary>Orders that wait for an operator.</summary>
    public static long CountNeedingAttention(OrdersDb db) => db.Orders.LongCount(o => o.AttentionStep != null);

    private static Page<T> List<T>(
        Database<OrdersDb> database, string? customerId, string? status, bool? attention, string? after, int size, Func<Order, T> item) =>
        database.Read(db =>
        {
            var query = db.Orders.OrderBy(o => o.OrderId).AsQueryable();
            query = customerId is null ? query : query.Where(o => o.CustomerId == customerId);
            query = status is null ? query : query.Where(o => o.Status == status);
            query = attention switch
            {
                // Written out, so that SQLite finds the index of these few orders.
                true => query.Where(o => o.AttentionStep != null),
                false => query.Where(o => o.AttentionStep == null),
                null => query,
            };
            query = after is null ? query : query.Where(o => string.Compare(o.OrderId, after) > 0);
            return KeysetPage.Of(query.Take(size + 1).ToList(), size, o => o.OrderId, item);
        });
}
