using Consistency.Commands;
using Consistency.Feeds;
using Consistency.Storage;
using Contracts.Events;
using Contracts.Feeds;
using Contracts.Stock;
using Inventory.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;
using ServiceDefaults.Versions;

namespace Inventory.Products;

/// <summary>Adds, changes and withdraws products; every change goes out whole, with its version.</summary>
internal static class ProductCommands
{
    public static void MapProducts(this WebApplication app)
    {
        app.MapPost("/products", (PutProduct request, HttpContext http, WriteQueue<InventoryDb> writes) =>
        {
            RefusedException.ThrowIfAny(request.Validate());
            return writes.ExecuteCommandAsync(http, "put-product", request, work => Put(work, request, version => ETag.ThrowUnlessMatches(http, version)));
        });
        app.MapDelete("/products/{sku}", (string sku, HttpContext http, WriteQueue<InventoryDb> writes) =>
            writes.ExecuteCommandAsync(http, "withdraw-product", body: null, work => Withdraw(work, sku, version => ETag.ThrowUnlessMatches(http, version))));
    }

    public static CommandAnswer Put(UnitOfWork<InventoryDb> work, PutProduct request, Action<long>? precondition = null)
    {
        var (sku, name, price) = (request.Sku!, request.Name!, request.UnitPriceCents!.Value);
        var item = work.Db.FindStock(sku);
        precondition?.Invoke(item?.ProductVersion ?? 0);
        if (item is null)
        {
            item = new StockItem { Sku = sku, Name = name, UnitPriceCents = price };
            work.Db.Stock.Add(item);
        }

        (item.Name, item.UnitPriceCents, item.Withdrawn) = (name, price, false);
        return Publish(work, item);
    }

    public static CommandAnswer Withdraw(UnitOfWork<InventoryDb> work, string sku, Action<long>? precondition = null)
    {
        var item = work.Db.FindStock(sku) ?? throw RefusedException.NotFound("product", sku);
        precondition?.Invoke(item.ProductVersion);
        if (item.Withdrawn)
        {
            return CommandEndpoints.Answer(StatusCodes.Status200OK, item.ToLevel(), version: item.ProductVersion);
        }

        item.Withdrawn = true;
        return Publish(work, item);
    }

    private static CommandAnswer Publish(UnitOfWork<InventoryDb> work, StockItem item)
    {
        item.ChangeProduct();
        work.RecordChange(FeedKinds.Product, item.Sku, Lane.Pushed);
        work.Publish(item.Sku, item.ProductVersion, new ProductChanged(item.Sku, item.Name, item.UnitPriceCents, item.Withdrawn));
        return CommandEndpoints.Answer(StatusCodes.Status200OK, item.ToLevel(), version: item.ProductVersion);
    }
}
