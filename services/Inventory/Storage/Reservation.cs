using Consistency.Feeds;
using Contracts.Events;
using Contracts.Feeds;
using Contracts.Snapshots;

namespace Inventory.Storage;

/// <summary>What Inventory did for an order. A tombstone (NeverReserved) remembers a cancellation that came before the order.</summary>
internal sealed class Reservation : IFed
{
    public required string OrderId { get; init; }

    public required string Status { get; set; }

    public string? ReasonCode { get; set; }

    /// <summary>The reason for people.</summary>
    public string? Detail { get; set; }

    public required IReadOnlyList<ReservedLine> Lines { get; init; }

    /// <summary>Last version of the order that was seen; older ones are stale.</summary>
    public required long OrderVersion { get; set; }

    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>The order as it was placed; null where Inventory was not told. A copy for the day on which Orders has lost it.</summary>
    public OrderPlaced? Order { get; set; }

    /// <summary>True where nobody is told of this reservation, or messages about its order were found missing: Orders pulls it.</summary>
    public bool Pulled { get; set; }

    string IFed.FeedKind => FeedKinds.Reservation;

    string IFed.FeedKey => OrderId;

    Lane IFed.FeedLane => Pulled ? Lane.Pulled : Lane.Pushed;

    public ReservationState ToState() => new(OrderId, Status, ReasonCode, Detail, Lines, ChangedAt, Order);

    public ReservationSnapshot ToSnapshot() => new(OrderId, Status, ReasonCode, Lines, ChangedAt);
}
