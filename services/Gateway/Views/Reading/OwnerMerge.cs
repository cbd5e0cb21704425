using Contracts.Ordering;
using Contracts.Snapshots;

namespace Gateway.Views.Reading;

/// <summary>
/// Puts orders as their owner has them in the place of what a page of the view says of them: a client then finds what it has written in the
/// listing where it belongs, and not where it no longer does.
/// </summary>
internal static class OwnerMerge
{
    /// <summary>The page with the owner's orders in it.</summary>
    /// <param name="page">Page of the view; <c>Next</c> is its last id where there are more.</param>
    /// <param name="query">What was asked for.</param>
    /// <param name="owned">Orders by id as their owner has them; null for what it does not have.</param>
    public static Page<OrderViewDetails> Merge(
        Page<OrderViewDetails> page, OrderQuery query, IReadOnlyDictionary<string, OrderViewDetails?> owned)
    {
        var mine = owned.Values.OfType<OrderViewDetails>().Where(o => query.Matches(o) && IsWithin(o.OrderId, page.Next, query));
        var items = page.Items.Where(i => !owned.ContainsKey(i.OrderId)).Concat(mine).ToList();
        items.Sort((a, b) => query.Compare(a.OrderId, b.OrderId));
        return items.Count > query.Size
            ? new Page<OrderViewDetails>(items[..query.Size], items[query.Size - 1].OrderId)
            : new Page<OrderViewDetails>(items, page.Next);
    }

    // What lies outside is on another page.
    private static bool IsWithin(string orderId, string? last, OrderQuery query) =>
        (query.After is null || query.Compare(orderId, query.After) > 0) && (last is null || query.Compare(orderId, last) <= 0);
}
