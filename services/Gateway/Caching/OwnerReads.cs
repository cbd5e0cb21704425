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

    /// <summary>How many products this gateway may have put into the cache since their last change.</summary>
    public int StockRead => stockRead.Count;

    /// <summary>A product and its stock, from Inventory; null where there is none.</summary>
    /// <param name="sku">Product.</param>
    /// <param name="maxAge">Oldest answer that the client takes.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public Task<CacheAnswer<StockLevel>?> StockAsync(string sku, TimeSpan maxAge, CancellationToken cancellationToken) =>
        ReadAsync(stock, sku, token => AskForStockAsync(sku, token), maxAge, cancellationToken);

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
        ReadAsync(
            orders,
            orderId,
            async token => await proxy.AskAsync<OrderDetails>(AppIds.Orders, $"/orders/{Uri.EscapeDataString(orderId)}", token) is { } order
                ? new(order, order.Version)
                : null,
            maxAge,
            cancellationToken);

    // What is no id is asked of nobody: its owner does not know it, and a store that refuses such a key would seem to fail.
    private static Task<CacheAnswer<T>?> ReadAsync<T>(
        VersionedCache<T> cache, string id, VersionedCache<T>.Loader load, TimeSpan maxAge, CancellationToken cancellationToken)
        where T : class =>
        FieldErrors.IsId(id) ? cache.GetAsync(id, load, maxAge, cancellationToken) : Task.FromResult<CacheAnswer<T>?>(null);

    private async Task<Versioned<StockLevel>?> AskForStockAsync(string sku, CancellationToken cancellationToken)
    {
        // Before the owner is asked: a change that the feed tells of meanwhile drops what is not there yet.
        stockRead[sku] = true;
        StockLevel? level = null;
        try
        {
            level = await proxy.AskAsync<StockLevel>(AppIds.Inventory, $"/products/{Uri.EscapeDataString(sku)}", cancellationToken);
            return level is null ? null : new Versioned<StockLevel>(level, level.Revision);
        }
        finally
        {
            // Also where the owner does not answer: clients may ask for any number of SKUs meanwhile.
            if (level is null)
            {
                stockRead.TryRemove(sku, out _);
            }
        }
    }
}
