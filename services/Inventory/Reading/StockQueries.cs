using Consistency.Storage;
using Contracts.Snapshots;
using Contracts.Stock;
using Inventory.Storage;
using ServiceDefaults.Problems;
using ServiceDefaults.Versions;

namespace Inventory.Reading;

internal static class StockQueries
{
    public static void MapReading(this WebApplication app)
    {
        app.MapGet("/products/{sku}", (string sku, HttpContext http, Database<InventoryDb> database) =>
            database.Read(db => db.FindStock(sku)) is { } item
                ? ETag.Ok(http, item.ToLevel(), item.ProductVersion)
                : throw RefusedException.NotFound("product", sku));
        app.MapGet("/products", ListStock);
        app.MapGet("/snapshots/stock", ListStock);
        app.MapGet("/snapshots/reservations", ListReservations);
    }

    /// <summary>Reservations that wait for their order to be confirmed or cancelled.</summary>
    public static long CountHeld(InventoryDb db) => db.Reservations.LongCount(r => r.Status == ReservationStatuses.Reserved);

    private static Page<StockLevel> ListStock(string? after, int? limit, Database<InventoryDb> database)
    {
        var (start, size) = (after ?? "", KeysetPage.Size(limit));
        return database.Read(db => KeysetPage.Of(
            db.Stock.Where(s => string.Compare(s.Sku, start) > 0).OrderBy(s => s.Sku).Take(size + 1).ToList(), size, s => s.Sku, s => s.ToLevel()));
    }

    private static Page<ReservationSnapshot> ListReservations(string? after, int? limit, Database<InventoryDb> database)
    {
        var (start, size) = (after ?? "", KeysetPage.Size(limit));
        return database.Read(db => KeysetPage.Of(
            db.Reservations.Where(r => string.Compare(r.OrderId, start) > 0).OrderBy(r => r.OrderId).Take(size + 1).ToList(),
            size,
            r => r.OrderId,
            r => r.ToSnapshot()));
    }
}
