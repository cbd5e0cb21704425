using Consistency.Feeds;
using Contracts.Feeds;
using Contracts.Stock;

namespace Inventory.Storage;

/// <summary>A product and its pieces: received = available + reserved + shipped (the table checks it, too).</summary>
internal sealed class StockItem : IFed
{
    public required string Sku { get; init; }

    public required string Name { get; set; }

    public required long UnitPriceCents { get; set; }

    public bool Withdrawn { get; set; }

    public long Received { get; set; }

    public long Available { get; set; }

    public long Reserved { get; set; }

    public long Shipped { get; set; }

    /// <summary>Version of name, price and withdrawal, which are replicated; quantities are not.</summary>
    public long ProductVersion { get; set; }

    /// <summary>Rises with every change, quantities included: what caches compare.</summary>
    public long Revision { get; set; }

    string IFed.FeedKind => FeedKinds.Stock;

    string IFed.FeedKey => Sku;

    Lane IFed.FeedLane => Lane.Pushed;

    /// <summary>Name, price or withdrawal changed.</summary>
    public void ChangeProduct()
    {
        Revision++;
        ProductVersion++;
    }

    public void Adjust(long quantity)
    {
        Revision++;
        Received += quantity;
        Available += quantity;
    }

    public void Reserve(int quantity)
    {
        Revision++;
        Available -= quantity;
        Reserved += quantity;
    }

    public void Ship(int quantity)
    {
        Revision++;
        Reserved -= quantity;
        Shipped += quantity;
    }

    public void Release(int quantity)
    {
        Revision++;
        Reserved -= quantity;
        Available += quantity;
    }

    public void TakeBack(int quantity)
    {
        Revision++;
        Shipped -= quantity;
        Available += quantity;
    }

    public StockLevel ToLevel() =>
        new(Sku, Name, UnitPriceCents, Withdrawn, Received, Available, Reserved, Shipped, ProductVersion, Revision);

    public CatalogItem ToCatalogItem() => new(Sku, Name, UnitPriceCents, Withdrawn, ProductVersion);
}
