using Contracts.Ordering;

namespace Contracts.Stock;

/// <summary>Body of PUT /reservations/{orderId}: reserves all lines or none. For orchestrators, not for clients.</summary>
/// <param name="Lines">What to hold; each SKU at most once.</param>
public sealed record ReservationRequest(IReadOnlyList<PlaceOrderLine?>? Lines)
{
    /// <summary>What is wrong with the request, by field; empty where nothing is.</summary>
    public Dictionary<string, string[]> Validate(string orderId)
    {
        var errors = new FieldErrors();
        errors.CheckId("orderId", orderId);
        PlaceOrderLine.ValidateAll(Lines, errors);
        return errors.ToDictionary();
    }
}

/// <summary>Body of POST /reservations/{orderId}/release: undoes a reservation, also one that is still on its way.</summary>
/// <param name="ReasonCode">Why, one of <see cref="ReasonCodes"/>.</param>
public sealed record ReleaseRequest(string? ReasonCode)
{
    /// <summary>What is wrong with the request, by field; empty where nothing is.</summary>
    public Dictionary<string, string[]> Validate(string orderId)
    {
        var errors = new FieldErrors();
        errors.CheckId("orderId", orderId);
        errors.CheckId("reasonCode", ReasonCode);
        return errors.ToDictionary();
    }
}

/// <summary>Answer of Inventory's steps: what the reservation is now.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="Status">One of <see cref="Snapshots.ReservationStatuses"/>.</param>
/// <param name="ReasonCode">Why nothing is reserved, or no longer.</param>
/// <param name="Detail">For people; told with the first refusal only.</param>
public sealed record ReservationOutcome(string OrderId, string Status, string? ReasonCode, string? Detail);
