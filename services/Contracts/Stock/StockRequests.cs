namespace Contracts.Stock;

/// <summary>Body of POST /products: adds a product or changes its name and price.</summary>
/// <param name="Sku">Product.</param>
/// <param name="Name">For people.</param>
/// <param name="UnitPriceCents">Price of one piece, in cents.</param>
public sealed record PutProduct(string? Sku, string? Name, long? UnitPriceCents)
{
    /// <summary>What is wrong with the request, by field; empty where nothing is.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new FieldErrors();
        errors.CheckId("sku", Sku);
        errors.CheckText("name", Name);
        errors.CheckRange("unitPriceCents", UnitPriceCents, 0, RequestLimits.UnitPriceCentsMax);
        return errors.ToDictionary();
    }
}

/// <summary>Body of POST /stock/{sku}/adjust: pieces that arrived (or, negative, were found missing).</summary>
/// <param name="Quantity">Pieces, not 0.</param>
public sealed record AdjustStock(long? Quantity)
{
    /// <summary>What is wrong with the request, by field; empty where nothing is.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new FieldErrors();
        errors.CheckRange("quantity", Quantity, -RequestLimits.QuantityMax, RequestLimits.QuantityMax);
        if (Quantity == 0)
        {
            errors.Add("quantity", "0 changes nothing; send the number of pieces that arrived, or a negative number for missing ones.");
        }

        return errors.ToDictionary();
    }
}

/// <summary>A product and its stock: received = available + reserved + shipped.</summary>
/// <param name="Sku">Product.</param>
/// <param name="Name">For people.</param>
/// <param name="UnitPriceCents">Price of one piece, in cents.</param>
/// <param name="Withdrawn">True if it is no longer sold.</param>
/// <param name="Received">Pieces that ever arrived.</param>
/// <param name="Available">Pieces that can be ordered.</param>
/// <param name="Reserved">Pieces held for orders.</param>
/// <param name="Shipped">Pieces that left.</param>
/// <param name="Version">Version of name, price and withdrawal.</param>
/// <param name="Revision">Rises with every change, quantities included.</param>
public sealed record StockLevel(
    string Sku, string Name, long UnitPriceCents, bool Withdrawn, long Received, long Available, long Reserved, long Shipped, long Version,
    long Revision = 0);

/// <summary>Orders' copy of a product. Answer of GET /catalog/{sku}.</summary>
public sealed record CatalogItem(string Sku, string Name, long UnitPriceCents, bool Withdrawn, long Version);
