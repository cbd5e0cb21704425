using Consistency.Repairs;
using Consistency.Storage;
using Consistency.Versions;
using Contracts.Events;
using Contracts.Feeds;
using Contracts.Snapshots;
using Contracts.Stock;
using Orders.Storage;
using ServiceDefaults.Messaging;
using ServiceDefaults.Problems;

namespace Orders.Catalog;

/// <summary>
/// Orders' copy of Inventory's products. Every event carries the whole product, so a gap needs no repair: the newest version wins.
/// </summary>
internal static class CatalogReplica
{
    public static void MapCatalog(this WebApplication app)
    {
        app.MapEvent<OrdersDb, ProductChanged>(On);
        app.MapGet("/catalog/{sku}", (string sku, Database<OrdersDb> database) =>
            database.Read(db => db.FindProduct(sku)) is { } entry
                ? TypedResults.Ok(entry.ToItem())
                : throw RefusedException.NotFound("product in the catalog", sku));
        app.MapGet("/snapshots/catalog", ListCatalog);
    }

    public static void On(UnitOfWork<OrdersDb> work, Received<ProductChanged> message)
    {
        var (sku, name, price, withdrawn) = message.Data;
        var entry = work.Db.FindProduct(sku);
        if (Incoming.Judge(entry?.Version ?? 0, message.Version) != Arrival.Stale)
        {
            Put(work, entry, new CatalogItem(sku, name, price, withdrawn, message.Version));
        }
    }

    /// <summary>
    /// Follows Inventory's feed, which tells a product once it has rested: the copy is made the same, also where Inventory's version is lower,
    /// which means that its database was put back. An event that overtakes the page has its own, later place in the feed.
    /// </summary>
    public static void Reconcile(UnitOfWork<OrdersDb> work, CatalogItem product, DateTimeOffset changedAt)
    {
        var entry = work.Db.FindProduct(product.Sku);
        if (entry?.ToItem() == product)
        {
            return;
        }

        RepairLog.Record(
            work,
            FeedKinds.Product,
            product.Sku,
            pattern: null,
            entry is null ? "the product was not in the catalog" : $"the catalog had version {entry.Version}, Inventory has {product.Version}",
            "copied",
            changedAt);
        Put(work, entry, product);
    }

    private static void Put(UnitOfWork<OrdersDb> work, CatalogEntry? entry, CatalogItem product)
    {
        var (sku, name, price, withdrawn, version) = product;
        if (entry is null)
        {
            work.Db.Catalog.Add(new CatalogEntry { Sku = sku, Name = name, UnitPriceCents = price, Withdrawn = withdrawn, Version = version });
            return;
        }

        (entry.Name, entry.UnitPriceCents, entry.Withdrawn, entry.Version) = (name, price, withdrawn, version);
    }

    private static Page<CatalogItem> ListCatalog(string? after, int? limit, Database<OrdersDb> database)
    {
        var (start, size) = (after ?? "", KeysetPage.Size(limit));
        return database.Read(db => KeysetPage.Of(
            db.Catalog.Where(c => string.Compare(c.Sku, start) > 0).OrderBy(c => c.Sku).Take(size + 1).ToList(), size, c => c.Sku, c => c.ToItem()));
    }
}
