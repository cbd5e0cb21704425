using Consistency.Caching;
using Contracts;
using Contracts.Ordering;
using Contracts.Stock;
using Gateway.Forwarding;

namespace Gateway.Caching;

/// <summary>Reads of single things that belong to another service, from the cache where it may be. Ids are checked by the caller.</summary>
internal sealed class OwnerReads(ServiceProxy proxy, VersionedCache<StockLevel> stock, VersionedCache<OrderDetails> orders)
{
    /// <summary>A product and its stock, from Inventory; null where there is none.</summary>
    /// <param name="sku">Product.</param>
    /// <param name="maxAge">Oldest answer that the client takes.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public Task<CacheAnswer<StockLevel>?> StockAsync(string sku, TimeSpan maxAge, CancellationToken cancellationToken) =>
        stock.GetAsync(sku, token => AskAsync<StockLevel>(AppIds.Inventory, $"/products/{sku}", s => s.Revision, token), maxAge, cancellationToken);

    /// <summary>An order, from Orders; null where there is none.</summary>
    /// <param name="orderId">Order.</param>
    /// <param name="atLeast">Version that the client knows of: an older one in the cache is not answered with. 0 for any.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async Task<CacheAnswer<OrderDetails>?> OrderAsync(string orderId, long atLeast, CancellationToken cancellationToken)
    {
        var answer = await orders.GetAsync(orderId, Load, TimeSpan.MaxValue, cancellationToken);
        return answer?.Version < atLeast ? await orders.GetAsync(orderId, Load, TimeSpan.Zero, cancellationToken) : answer;

        Task<Versioned<OrderDetails>?> Load(CancellationToken token) =>
            AskAsync<OrderDetails>(AppIds.Orders, $"/orders/{orderId}", o => o.Version, token);
    }

    private async Task<Versioned<T>?> AskAsync<T>(string appId, string path, Func<T, long> version, CancellationToken cancellationToken)
        where T : class =>
        await proxy.FindAsync<T>(appId, path, cancellationToken) is { } value ? new(value, version(value)) : null;
}
