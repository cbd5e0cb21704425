namespace Contracts;

/// <summary>A line of an accepted order.</summary>
/// <param name="Sku">Product.</param>
/// <param name="Quantity">Pieces, at least 1.</param>
/// <param name="UnitPriceCents">Price of one piece, in cents, when the order was accepted.</param>
/// <param name="PriceVersion">Version of the product that the price was taken from.</param>
public sealed record OrderLine(string Sku, int Quantity, long UnitPriceCents, long PriceVersion);
