using System.Collections.Concurrent;
using Consistency.Caching;
using Contracts;
using Contracts.Feeds;
using Contracts.Ordering;
using Contracts.Stock;
using Gateway.Forwarding;

namespace Gateway.Caching;

/// <summary>Reads of single things that belong to another service, from the cache where it may be.</summary>
internal sealed class OwnerReads(ServiceProxy proxy, VersionedCache<StockLevel> stock, VersionedCache<OrderDetails> orders)
{
    // What this gateway may have put into the cache; at most one entry per product that exists.
    private readonly ConcurrentDictionary<string, bool> stockRead = new(StringComparer.Ordinal);

    /// <summary>A product and its stock, from Inventory; null where there is none.</summary>
    /// <param name="sku">Product.</param>
    /// <param name="maxAge">Oldest answer that the client takes.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public Task<CacheAnswer<StockLevel>?> StockAsync(string sku, TimeSpan maxAge, CancellationToken cancellationToken) =>
        stock.GetAsync(
            sku,
            async token =>
            {
                // Before the owner is asked: a change that the feed tells of meanwhile drops what is not there yet.
                stockRead[sku] = true;
                if (await proxy.AskAsync<StockLevel>(AppIds.Inventory, $"/products/{Uri.EscapeDataString(sku)}", token) is not { } level)
                {
                    stockRead.TryRemove(sku, out _);
                    return null;
                }

                return new Versioned<StockLevel>(level, level.Revision);
            },
            maxAge,
            cancellationToken);

    /// <summary>
    /// Inventory's feed tells of changes: what this gateway has read before is forgotten, so that it is rarely answered with until its time
    /// is over.
    /// </summary>
    public Task ForgetAsync(ChangePage page) => Task.WhenAll(
        page.Items.Where(c => c.Kind == FeedKinds.Stock && stockRead.TryRemove(c.Key, out _)).Select(c => stock.DropAsync(c.Key)));

    /// <summary>An order, from Orders; null where there is none.</summary>
    /// <param name="orderId">Order.</param>
    /// <param name="maxAge">Oldest answer that the client takes; zero where it has just written, and wants to read that.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public Task<CacheAnswer<OrderDetails>?> OrderAsync(string orderId, TimeSpan maxAge, CancellationToken cancellationToken) =>
        orders.GetAsync(
            orderId,
            async token => await proxy.AskAsync<OrderDetails>(AppIds.Orders, $"/orders/{Uri.EscapeDataString(orderId)}", token) is { } order
                ? new(order, order.Version)
                : null,
            maxAge,
            cancellationToken);
}
