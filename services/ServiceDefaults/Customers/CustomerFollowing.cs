using Consistency.Repairs;
using Contracts.Feeds;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Syncing;

namespace ServiceDefaults.Customers;

/// <summary>The repair of customer profiles: what an event did not bring is found in the feed of the other replica.</summary>
public static class CustomerFollowing
{
    /// <summary>Follows another service's replica.</summary>
    /// <param name="sync">What this service follows.</param>
    /// <param name="source">App id of the other service.</param>
    /// <param name="customers">This service's replica.</param>
    public static SyncPlan<TDb> FollowCustomers<TDb>(this SyncPlan<TDb> sync, string source, CustomerReplica<TDb> customers)
        where TDb : DbContext =>
        sync.Follow<CustomerState>(source, FeedKinds.Customer, (work, customer, changedAt) =>
        {
            if (customers.Apply(work, customer.CustomerId, customer.State))
            {
                RepairLog.Record(
                    work, FeedKinds.Customer, customer.CustomerId, pattern: null, $"writes of {source} were missing", "joined", changedAt);
            }
        });
}
