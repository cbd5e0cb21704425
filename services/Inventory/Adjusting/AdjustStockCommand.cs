using Consistency.Commands;
using Consistency.Storage;
using Contracts.Stock;
using Inventory.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;

namespace Inventory.Adjusting;

/// <summary>Stock arrives, or is found missing.</summary>
internal static class AdjustStockCommand
{
    public static void MapAdjusting(this WebApplication app) =>
        app.MapPost("/stock/{sku}/adjust", (string sku, AdjustStock request, HttpContext http, WriteQueue<InventoryDb> writes) =>
        {
            RefusedException.ThrowIfAny(request.Validate());
            return writes.ExecuteCommandAsync(http, "adjust-stock", request, work => Handle(work, sku, request.Quantity!.Value));
        });

    public static CommandAnswer Handle(UnitOfWork<InventoryDb> work, string sku, long quantity)
    {
        var item = work.Db.FindStock(sku) ?? throw RefusedException.NotFound("product", sku);
        if (item.Available + quantity < 0)
        {
            throw new RefusedException(new Dictionary<string, string[]>
            {
                ["quantity"] = [$"{quantity} would take more than the {item.Available} pieces that are available."],
            });
        }

        item.Adjust(quantity);
        return CommandEndpoints.Answer(StatusCodes.Status200OK, item.ToLevel());
    }
}
