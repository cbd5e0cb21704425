namespace Contracts.Ordering;

/// <summary>Answer to an accepted POST /orders (202) and POST /orders/{id}/cancel (202).</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Status">Its status now.</param>
/// <param name="Version">Its version now.</param>
/// <param name="TotalCents">Its total, in cents.</param>
public sealed record OrderAccepted(string OrderId, string Status, long Version, long TotalCents);
