using Contracts;
using Contracts.Feeds;
using Inventory.Storage;
using ServiceDefaults.Feeds;
using ServiceDefaults.Syncing;

namespace Inventory.Reconciling;

/// <summary>What others may follow of Inventory, and whom it follows.</summary>
internal static class InventoryFeeds
{
    public static void Offer(FeedBuilder<InventoryDb> feed) => feed
        .Offer(FeedKinds.Stock, (db, keys) => db.StockOf(keys), s => s.ToLevel())
        .Offer(FeedKinds.Product, (db, keys) => db.StockOf(keys), s => s.ToCatalogItem())
        .Offer(FeedKinds.Reservation, (db, keys) => db.ReservationsOf(keys), r => r.ToState());

    public static void Follow(SyncPlan<InventoryDb> sync) =>
        sync.Follow<OrderState>(AppIds.Orders, FeedKinds.Order, OrderReconciling.Reconcile);
}
