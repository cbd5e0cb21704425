using Inventory.Storage;

namespace Tests.Unit.Inventory;

public sealed class StockItemTests
{
    [Fact]
    public void every_change_raises_the_revision_and_only_those_of_the_product_its_version()
    {
        var item = new StockItem { Sku = "apple", Name = "Apple", UnitPriceCents = 100 };
        Action[] changes =
        [
            () => item.Adjust(10), () => item.Reserve(4), () => item.Ship(1), () => item.Release(1), () => item.TakeBack(1), item.ChangeProduct,
        ];

        for (var i = 0; i < changes.Length; i++)
        {
            changes[i]();
            item.ToLevel().Revision.ShouldBe(i + 1);
        }

        item.ToLevel().ShouldSatisfyAllConditions(
            level => level.Version.ShouldBe(1),
            level => (level.Received, level.Available, level.Reserved, level.Shipped).ShouldBe((10, 8, 2, 0)));
    }
}
