using Consistency.Caching;
using Contracts;
using Contracts.Ordering;
using Contracts.Stock;
using Gateway.Forwarding;

namespace Gateway.Caching;

/// <summary>Reads of single things that belong to another service, from the cache where it may be.</summary>
internal sealed class OwnerReads(ServiceProxy proxy, VersionedCache<StockLevel> stock, VersionedCache<OrderDetails> orders)
{
    /// <summary>A product and its stock, from Inventory; null where there is none.</summary>
    /// <param name="sku">Product.</param>
    /// <param name="maxAge">Oldest answer that the client takes.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public Task<CacheAnswer<StockLevel>?> StockAsync(string sku, TimeSpan maxAge, CancellationToken cancellationToken) =>
        stock.GetAsync(
            sku,
            async token => await proxy.AskAsync<StockLevel>(AppIds.Inventory, $"/products/{sku}", token) is { } level ? new(level, level.Revision) : null,
            maxAge,
            cancellationToken);

    /// <summary>An order, from Orders; null where there is none.</summary>
    /// <param name="orderId">Order.</param>
    /// <param name="maxAge">Oldest answer that the client takes; zero where it has just written, and wants to read that.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public Task<CacheAnswer<OrderDetails>?> OrderAsync(string orderId, TimeSpan maxAge, CancellationToken cancellationToken) =>
        orders.GetAsync(
            orderId,
            async token => await proxy.AskAsync<OrderDetails>(AppIds.Orders, $"/orders/{orderId}", token) is { } order ? new(order, order.Version) : null,
            maxAge,
            cancellationToken);
}
