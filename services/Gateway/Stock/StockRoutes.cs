using Contracts;
using Contracts.Snapshots;
using Contracts.Stock;
using Gateway.Forwarding;
using ServiceDefaults.Problems;

namespace Gateway.Stock;

internal static class StockRoutes
{
    public static void MapStock(this WebApplication app)
    {
        var products = app.MapGroup("/products").WithTags("Inventory");
        products.MapPost("/", (PutProduct request, HttpContext http, ServiceProxy proxy) =>
            {
                RefusedException.ThrowIfAny(request.Validate());
                return proxy.ForwardAsync(http, AppIds.Inventory, request);
            })
            .WithSummary("Adds a product, or changes its name and price.")
            .DescribesCommand<StockLevel>(StatusCodes.Status200OK);
        products.MapDelete("/{sku}", (string sku, HttpContext http, ServiceProxy proxy) => proxy.ForwardAsync(http, AppIds.Inventory))
            .WithSummary("Withdraws a product from sale.")
            .DescribesCommand<StockLevel>(StatusCodes.Status200OK);
        products.MapGet("/{sku}", (string sku, HttpContext http, ServiceProxy proxy) => proxy.ForwardAsync(http, AppIds.Inventory))
            .WithSummary("A product and its stock.")
            .DescribesQuery<StockLevel>();
        products.MapGet("/", (string? after, int? limit, HttpContext http, ServiceProxy proxy) =>
            {
                var errors = new FieldErrors();
                errors.CheckPageSize(limit);
                RefusedException.ThrowIfAny(errors);
                return proxy.ForwardAsync(http, AppIds.Inventory);
            })
            .WithSummary("Products by SKU, in pages.")
            .DescribesQuery<Page<StockLevel>>();
        app.MapPost("/stock/{sku}/adjust", (string sku, AdjustStock request, HttpContext http, ServiceProxy proxy) =>
            {
                RefusedException.ThrowIfAny(request.Validate());
                return proxy.ForwardAsync(http, AppIds.Inventory, request);
            })
            .WithTags("Inventory")
            .WithSummary("Pieces arrived, or were found missing.")
            .DescribesCommand<StockLevel>(StatusCodes.Status200OK);
    }
}
