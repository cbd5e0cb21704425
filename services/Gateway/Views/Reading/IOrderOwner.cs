using Contracts.Ordering;
using Gateway.Caching;

namespace Gateway.Views.Reading;

/// <summary>Orders itself, for what the view does not have yet.</summary>
internal interface IOrderOwner
{
    /// <summary>The order, or null where there is none.</summary>
    /// <param name="orderId">Order.</param>
    /// <param name="now">True for the order as it is now; false where a moment ago will do.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ServiceDefaults.Problems.RefusedException">The owner does not answer: 503.</exception>
    Task<OrderDetails?> FindAsync(string orderId, bool now, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class RemoteOrderOwner(OwnerReads reads) : IOrderOwner
{
    public async Task<OrderDetails?> FindAsync(string orderId, bool now, CancellationToken cancellationToken) =>
        (await reads.OrderAsync(orderId, now ? TimeSpan.Zero : TimeSpan.MaxValue, cancellationToken))?.Value;
}
