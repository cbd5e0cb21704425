using Contracts.Stock;

namespace Orders.Storage;

/// <summary>Orders' copy of a product. Inventory owns it; this copy may be a moment old.</summary>
internal sealed class CatalogEntry
{
    public required string Sku { get; init; }

    public required string Name { get; set; }

    public required long UnitPriceCents { get; set; }

    public required bool Withdrawn { get; set; }

    public required long Version { get; set; }

    public CatalogItem ToItem() => new(Sku, Name, UnitPriceCents, Withdrawn, Version);
}
