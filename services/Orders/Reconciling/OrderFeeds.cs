using Contracts;
using Contracts.Feeds;
using Contracts.Stock;
using Orders.Catalog;
using Orders.Storage;
using ServiceDefaults.Customers;
using ServiceDefaults.Feeds;
using ServiceDefaults.Syncing;

namespace Orders.Reconciling;

/// <summary>What others may follow of Orders, and whom it follows.</summary>
internal static class OrderFeeds
{
    public static void Offer(FeedBuilder<OrdersDb> feed) =>
        feed.Offer(FeedKinds.Order, (db, keys) => db.OrdersOf(keys), o => o.ToState()).OfferCustomers();

    public static SyncPlan<OrdersDb> Follow(SyncPlan<OrdersDb> sync, CustomerReplica<OrdersDb> customers) => sync
        .Follow<ReservationState>(AppIds.Inventory, FeedKinds.Reservation, ReservationReconciling.Reconcile)
        .Follow<CatalogItem>(AppIds.Inventory, FeedKinds.Product, CatalogReplica.Reconcile)
        .Follow<InvoiceState>(AppIds.Invoices, FeedKinds.Invoice, InvoiceReconciling.Reconcile)
        .FollowCustomers(AppIds.Invoices, customers);
}
