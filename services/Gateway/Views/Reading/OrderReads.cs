using Consistency.Storage;
using Contracts.Ordering;
using Contracts.Snapshots;
using Gateway.Views.Following;
using ServiceDefaults.Problems;

namespace Gateway.Views.Reading;

/// <summary>
/// Reads orders in the view. What a client's token names and the view does not have in time is asked of its owner, and so is an order that
/// the view does not have at all.
/// </summary>
internal sealed class OrderReads(Database<ViewsDb> database, ViewSignal signal, IOrderOwner owner, TimeProvider time)
{
    /// <summary>An order; null where neither the view nor its owner has it.</summary>
    /// <param name="orderId">Order.</param>
    /// <param name="tokens">What the client has written; only what names this order matters.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<OrderViewDetails?> FindAsync(
        string orderId, IReadOnlyList<ConsistencyToken> tokens, CancellationToken cancellationToken)
    {
        var token = tokens.FirstOrDefault(t => t.OrderId == orderId);
        if (token is not null)
        {
            await IsMetAsync(token, time.GetUtcNow() + ViewLimits.TokenWait, cancellationToken);
        }

        var (asOf, row) = database.Read(db => (ViewFreshness.Read(db).AsOf, db.FindOrder(orderId)));
        var order = row?.Version >= (token?.Version ?? 1) ? row.ToDetails() : await AskOwnerAsync(orderId, row, now: token is not null, cancellationToken);
        return order is null ? null : order with { AsOf = asOf, LagMs = ViewFreshness.Lag(asOf, time.GetUtcNow()) };
    }

    /// <summary>A page of orders.</summary>
    /// <param name="query">Which.</param>
    /// <param name="tokens">What the client has written: it is in the page, as its filter says.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RefusedException">The view has not been filled for the first time yet: 503.</exception>
    public async Task<OrderViewPage> ListAsync(OrderQuery query, IReadOnlyList<ConsistencyToken> tokens, CancellationToken cancellationToken)
    {
        var late = await UnmetAsync(tokens, cancellationToken);
        var owned = await Task.WhenAll(late.Select(async token => (Token: token, Order: await owner.FindAsync(token.OrderId, now: true, cancellationToken))));
        var (freshness, rows) = database.Read(db => (ViewFreshness.Read(db), OrderListing.Read(db, query)));
        if (!freshness.HasAllOrders)
        {
            throw new RefusedException(
                StatusCodes.Status503ServiceUnavailable,
                "The view of orders is being filled.",
                "This gateway has not read all orders yet, so a list would lack some. Ask again in a moment; GET /views/orders tells how far it is.");
        }

        var page = KeysetPage.Of(rows, query.Size, r => r.OrderId, r => r.ToDetails());
        page = owned.Length == 0
            ? page
            : OwnerMerge.Merge(page, query, owned.ToDictionary(o => o.Token.OrderId, o => Newest(o.Token, o.Order), StringComparer.Ordinal));
        return new OrderViewPage(page.Items, page.Next, freshness.AsOf, ViewFreshness.Lag(freshness.AsOf, time.GetUtcNow()));
    }

    /// <summary>A page of all rows, for the audit.</summary>
    public OrderViewSnapshotPage Snapshot(string? after, int? limit)
    {
        var size = KeysetPage.Size(limit);
        var (asOf, rows) = database.Read(db => (ViewFreshness.Read(db).AsOf, OrderListing.ReadAll(db, after ?? "", size + 1)));
        var page = KeysetPage.Of(rows, size, r => r.OrderId, r => r.ToSnapshot());
        return new OrderViewSnapshotPage(page.Items, page.Next, asOf);
    }

    private static OrderViewDetails Details(OrderDetails order, OrderRow? row) => new(
        order.OrderId, order.CustomerId, order.Pattern, order.Status, order.ReasonCode, order.Detail, order.InvoiceNumber, order.Lines,
        order.TotalCents, order.Version, order.PlacedAt, order.ChangedAt, order.Attention, row?.Reservation, row?.Invoice, OrderSources.Owner);

    private async Task<OrderViewDetails?> AskOwnerAsync(string orderId, OrderRow? row, bool now, CancellationToken cancellationToken) =>
        await owner.FindAsync(orderId, now, cancellationToken) is { } order ? Details(order, row) : null;

    // The view may have caught up while the owner was asked, and even be newer than its answer.
    private OrderViewDetails? Newest(ConsistencyToken token, OrderDetails? order)
    {
        var row = database.Read(db => db.FindOrder(token.OrderId));
        return order is null ? null : row?.Version >= Math.Max(token.Version, order.Version) ? row.ToDetails() : Details(order, row);
    }

    private async Task<IReadOnlyList<ConsistencyToken>> UnmetAsync(IReadOnlyList<ConsistencyToken> tokens, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + ViewLimits.TokenWait;
        var unmet = new List<ConsistencyToken>();
        foreach (var token in tokens)
        {
            if (!await IsMetAsync(token, until, cancellationToken))
            {
                unmet.Add(token);
            }
        }

        return unmet;
    }

    // Waits for the view as long as there is time.
    private async Task<bool> IsMetAsync(ConsistencyToken token, DateTimeOffset until, CancellationToken cancellationToken)
    {
        using var waiter = signal.WaitFor(token.OrderId);
        while (true)
        {
            var changed = waiter.Next();
            if (database.Read(db => db.FindOrder(token.OrderId))?.Version >= token.Version)
            {
                return true;
            }

            var left = until - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(changed, Task.Delay(left, time, stop.Token));
            await stop.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
