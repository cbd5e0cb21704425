using System.Text.Json.Serialization;
using Contracts.Events;
using Contracts.Ordering;

namespace Contracts.Stock;

/// <summary>Body of PUT /reservations/{orderId}: reserves all lines or none. For orchestrators, not for clients.</summary>
/// <param name="Lines">What to hold; each SKU at most once.</param>
/// <param name="Order">
/// The order as it was placed, which Inventory keeps for the day on which Orders has lost it; null where the caller does not send it.
/// </param>
public sealed record ReservationRequest(
    IReadOnlyList<PlaceOrderLine?>? Lines,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OrderPlaced? Order = null)
{
    /// <summary>What is wrong with the request, by field; empty where nothing is.</summary>
    public Dictionary<string, string[]> Validate(string orderId)
    {
        var errors = new FieldErrors();
        errors.CheckId("orderId", orderId);
        PlaceOrderLine.ValidateAll(Lines, errors);
        if (Order is not null)
        {
            ValidateOrder(Order, orderId, errors);
        }

        return errors.ToDictionary();
    }

    // It may be all that is left of the order one day.
    private static void ValidateOrder(OrderPlaced order, string orderId, FieldErrors errors)
    {
        if (order.OrderId != orderId)
        {
            errors.Add("order.orderId", $"'{FieldErrors.Shorten(order.OrderId ?? "")}' is not the order of the path; send the same id.");
        }

        errors.CheckId("order.customerId", order.CustomerId);
        if (!Patterns.Offered.Contains(order.Pattern))
        {
            errors.Add("order.pattern", $"'{FieldErrors.Shorten(order.Pattern ?? "")}' is none of {string.Join(", ", Patterns.Offered)}.");
        }

        if (order.Lines is null || order.Lines.Any(l => l is null) || TotalOf(order.Lines) != order.TotalCents)
        {
            errors.Add("order.totalCents", $"{order.TotalCents} is not the sum of order.lines; send the order as it was placed.");
        }
    }

    // Not Sum, which throws where numbers out of all bounds overflow.
    private static long TotalOf(IReadOnlyList<OrderLine> lines) => lines.Aggregate(0L, (sum, line) => sum + (line.Quantity * line.UnitPriceCents));
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
/// <param name="Detail">The same for people; null where nothing was refused.</param>
public sealed record ReservationOutcome(string OrderId, string Status, string? ReasonCode, string? Detail);
