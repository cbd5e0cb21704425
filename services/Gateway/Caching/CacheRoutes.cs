using Consistency.Caching;
using Consistency.Telemetry;
using Contracts.Ordering;
using Contracts.Stock;
using ServiceDefaults.Caching;

namespace Gateway.Caching;

/// <summary>What the gateway's caches have done since it started.</summary>
/// <param name="StalenessMs">No answer from them is older than this.</param>
/// <param name="Stock">GET /products/{sku}.</param>
/// <param name="Orders">Orders that were asked of their owner.</param>
internal sealed record CacheReport(double StalenessMs, CacheFigures Stock, CacheFigures Orders);

internal static class CacheRoutes
{
    /// <summary>Registers reads of single things that belong to another service, and their caches.</summary>
    public static void AddOwnerReads(this WebApplicationBuilder builder)
    {
        builder.AddCaching();
        builder.Services.AddCacheOf<StockLevel>("stock");
        builder.Services.AddCacheOf<OrderDetails>("order");
        builder.Services.AddSingleton<OwnerReads>();
    }

    public static void MapCache(this WebApplication app)
    {
        app.Services.GetRequiredService<CacheMeter>();
        app.MapGet("/cache", (CacheSettings settings, VersionedCache<StockLevel> stock, VersionedCache<OrderDetails> orders) =>
                TypedResults.Ok(new CacheReport(settings.Staleness.TotalMilliseconds, stock.Figures, orders.Figures)))
            .WithTags("Operations")
            .WithSummary("What the gateway's caches have done since it started: hits, misses, too old, rejected as not ours, failed, skipped.");
    }
}
