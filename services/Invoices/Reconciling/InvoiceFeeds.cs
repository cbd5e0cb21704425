using Contracts;
using Contracts.Feeds;
using Invoices.Invoicing;
using Invoices.Storage;
using ServiceDefaults.Customers;
using ServiceDefaults.Feeds;
using ServiceDefaults.Syncing;

namespace Invoices.Reconciling;

/// <summary>What others may follow of Invoices, and whom it follows.</summary>
internal static class InvoiceFeeds
{
    public static void Offer(FeedBuilder<InvoicesDb> feed) =>
        feed.Offer(FeedKinds.Invoice, (db, keys) => db.InvoicesOf(keys), i => i.ToState()).OfferCustomers();

    public static void Follow(SyncPlan<InvoicesDb> sync, InvoiceBook book, CustomerReplica<InvoicesDb> customers) => sync
        .Follow<OrderState>(AppIds.Orders, FeedKinds.Order, (work, order, changedAt) => OrderReconciling.Reconcile(work, order, changedAt, book))
        .FollowCustomers(AppIds.Orders, customers);
}
