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
        app.MapGet("/snapshots/orders", List);
    }

    /// <summary>Orders that wait for another service: not decided, or not carried out. Counted one by one, each by its index.</summary>
    public static long CountUnsettled(OrdersDb db) =>
        db.Orders.LongCount(o => o.Status == OrderStatuses.Pending) + db.Orders.LongCount(o => o.Settling);

    /// <summary>Orders that wait for an operator.</summary>
    public static long CountNeedingAttention(OrdersDb db) => db.Orders.LongCount(o => o.AttentionStep != null);

    private static Page<OrderSnapshot> List(string? after, int? limit, Database<OrdersDb> database)
    {
        var (start, size) = (after ?? "", KeysetPage.Size(limit));
        return database.Read(db => KeysetPage.Of(
            db.Orders.Where(o => string.Compare(o.OrderId, start) > 0).OrderBy(o => o.OrderId).Take(size + 1).ToList(),
            size,
            o => o.OrderId,
            o => o.ToSnapshot()));
    }
}
