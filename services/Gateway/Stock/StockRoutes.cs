using Consistency.Caching;
using Contracts;
using Contracts.Snapshots;
using Contracts.Stock;
using Gateway.Caching;
using Gateway.Forwarding;
using Gateway.Security;
using ServiceDefaults.Problems;
using ServiceDefaults.Versions;

namespace Gateway.Stock;

internal static class StockRoutes
{
    public static void MapStock(this WebApplication app)
    {
        var products = app.MapGroup("/products").WithTags("Inventory");
        products.MapPost("/", (PutProduct request, HttpContext http, ServiceProxy proxy, VersionedCache<StockLevel> cache) =>
            {
                RefusedException.ThrowIfAny(request.Validate());
                DropWhenAnswered(http, request.Sku!, cache);
                return proxy.ForwardAsync(http, AppIds.Inventory, request);
            })
            .WithSummary("Adds a product, or changes its name and price.")
            .DescribesCommand<StockLevel>(StatusCodes.Status200OK);
        products.MapDelete("/{sku}", (string sku, HttpContext http, ServiceProxy proxy, VersionedCache<StockLevel> cache) =>
            {
                DropWhenAnswered(http, sku, cache);
                return proxy.ForwardAsync(http, AppIds.Inventory);
            })
            .WithSummary("Withdraws a product from sale.")
            .DescribesCommand<StockLevel>(StatusCodes.Status200OK);
        products.MapGet("/{sku}", ReadAsync)
            .ForCustomers()
            .WithSummary(
                "A product and its stock, from the cache where it is young enough: Age and Cache-Status tell. "
                + "Cache-Control: no-cache or max-age=N ask for a younger one.")
            .DescribesQuery<StockLevel>()
            .Takes("Cache-Control", "no-cache, or max-age=N in seconds.");
        products.MapGet("/", (string? after, int? limit, HttpContext http, ServiceProxy proxy) =>
            {
                var errors = new FieldErrors();
                errors.CheckPageSize(limit);
                RefusedException.ThrowIfAny(errors);
                return proxy.ForwardAsync(http, AppIds.Inventory);
            })
            .ForCustomers()
            .WithSummary("Products by SKU, in pages.")
            .DescribesQuery<Page<StockLevel>>();
        app.MapPost(
            "/stock/{sku}/adjust",
            (string sku, AdjustStock request, HttpContext http, ServiceProxy proxy, VersionedCache<StockLevel> cache) =>
            {
                RefusedException.ThrowIfAny(request.Validate());
                DropWhenAnswered(http, sku, cache);
                return proxy.ForwardAsync(http, AppIds.Inventory, request);
            })
            .WithTags("Inventory")
            .WithSummary("Pieces arrived, or were found missing.")
            .DescribesCommand<StockLevel>(StatusCodes.Status200OK);
    }

    private static async Task<IResult> ReadAsync(string sku, HttpContext http, OwnerReads reads, CacheSettings settings)
    {
        var answer = await reads.StockAsync(sku, CacheHeaders.MaxAge(http.Request), http.RequestAborted);
        if (answer is null)
        {
            throw RefusedException.NotFound("product", sku);
        }

        CacheHeaders.Write(http.Response, answer, settings.Staleness);
        return ETag.Ok(http, answer.Value, answer.Value.Version);
    }

    // Before the answer leaves, whatever it says: who has written and then reads, reads what was written.
    private static void DropWhenAnswered(HttpContext http, string sku, VersionedCache<StockLevel> cache)
    {
        if (FieldErrors.IsId(sku))
        {
            http.Response.OnStarting(() => cache.DropAsync(sku));
        }
    }
}
