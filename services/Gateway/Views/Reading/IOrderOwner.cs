using Contracts;
using Contracts.Ordering;
using Gateway.Forwarding;

namespace Gateway.Views.Reading;

/// <summary>Orders itself, for what the view does not have yet.</summary>
internal interface IOrderOwner
{
    /// <summary>The order as it is now, or null where there is none.</summary>
    /// <exception cref="ServiceDefaults.Problems.RefusedException">The owner does not answer: 503.</exception>
    Task<OrderDetails?> FindAsync(string orderId, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class RemoteOrderOwner(ServiceProxy proxy) : IOrderOwner
{
    public Task<OrderDetails?> FindAsync(string orderId, CancellationToken cancellationToken) =>
        proxy.FindAsync<OrderDetails>(AppIds.Orders, $"/orders/{Uri.EscapeDataString(orderId)}", cancellationToken);
}
