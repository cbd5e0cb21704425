using Contracts.Snapshots;

namespace Inventory.Storage;

/// <summary>What Inventory did for an order. A tombstone (NeverReserved) remembers a cancellation that came before the order.</summary>
internal sealed class Reservation
{
    public required string OrderId { get; init; }

    public required string Status { get; set; }

    public string? ReasonCode { get; set; }

    public required IReadOnlyList<ReservedLine> Lines { get; init; }

    /// <summary>Last version of the order that was seen; older ones are stale.</summary>
    public required long OrderVersion { get; set; }

    public required DateTimeOffset ChangedAt { get; set; }

    public ReservationSnapshot ToSnapshot() => new(OrderId, Status, ReasonCode, Lines, ChangedAt);
}
