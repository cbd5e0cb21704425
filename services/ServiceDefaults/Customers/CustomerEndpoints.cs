using System.Text.Json;
using Consistency.Commands;
using Consistency.Identity;
using Consistency.Repairs;
using Consistency.Replication;
using Consistency.Storage;
using Consistency.Telemetry;
using Contracts.Conflicts;
using Contracts.Customers;
using Contracts.Events;
using Contracts.Feeds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Commands;
using ServiceDefaults.Feeds;
using ServiceDefaults.Messaging;
using ServiceDefaults.Problems;
using ServiceDefaults.Security;
using ServiceDefaults.Syncing;
using ServiceDefaults.Versions;

namespace ServiceDefaults.Customers;

/// <summary>What each service with a replica of the customer profiles offers, the same in each.</summary>
public static class CustomerEndpoints
{
    /// <summary>Registers the replica. Its policies are read now, so that a wrong one stops the start.</summary>
    /// <param name="builder">The app.</param>
    /// <param name="onChange">What else changes in the same transaction, whoever wrote; null for nothing.</param>
    public static void AddCustomerReplica<TDb>(
        this WebApplicationBuilder builder, Func<IServiceProvider, Action<UnitOfWork<TDb>, CustomerProfile>>? onChange = null)
        where TDb : DbContext
    {
        var rules = ProfilePolicies.Read(builder.Configuration);
        builder.Services.AddSingleton(s => new CustomerReplica<TDb>(
            ReplicaId.New(s.GetRequiredService<ServiceIdentity>().AppId, s.GetRequiredService<IIdSource>()), rules, onChange?.Invoke(s)));
        builder.Services.AddSingleton<IGaugeSource<TDb>, ConflictGauges<TDb>>();
    }

    /// <summary>Offers the replica in the service's feed: what an event did not bring, followers find there.</summary>
    public static FeedBuilder<TDb> OfferCustomers<TDb>(this FeedBuilder<TDb> feed)
        where TDb : DbContext =>
        feed.Offer(
            FeedKinds.Customer,
            (db, keys) => db.RecordsOf(FeedKinds.Customer, keys),
            record => new CustomerState(record.Key, JsonElement.Parse(record.Document)));

    /// <summary>Follows another replica's feed: what an event told already is no news.</summary>
    public static SyncPlan<TDb> FollowCustomers<TDb>(this SyncPlan<TDb> sync, string source, CustomerReplica<TDb> customers)
        where TDb : DbContext =>
        sync.Follow<CustomerState>(source, FeedKinds.Customer, (work, customer, changedAt) =>
        {
            if (customers.Apply(work, customer.CustomerId, customer.State))
            {
                RepairLog.Record(
                    work, FeedKinds.Customer, customer.CustomerId, pattern: null, $"'{source}' knew writes that were never told here", "joined", changedAt);
            }
        });

    /// <summary>Maps reading, writing, resolving, the log of conflicts, the snapshot and the subscription.</summary>
    public static void MapCustomers<TDb>(this WebApplication app)
        where TDb : DbContext
    {
        var customers = app.Services.GetRequiredService<CustomerReplica<TDb>>();
        app.MapEvent<TDb, CustomerChanged>(customers.On);
        app.Services.GetRequiredService<ConsistencyMeter>().ExpectConflicts();
        app.MapGet("/customers/{customerId}", (string customerId, HttpContext http, Database<TDb> database) =>
            database.Read(db => customers.Find(db, customerId)) is { } profile
                ? ETag.Ok(http, profile.ToDetails(), ETag.Of(profile.Version))
                : throw RefusedException.NotFound("customer", customerId));
        app.MapPatch("/customers/{customerId}", (string customerId, JsonElement patch, HttpContext http, WriteQueue<TDb> writes) =>
        {
            RefusedException.ThrowIfAny(ProfilePatch.Validate(customerId, patch));
            return writes.ExecuteCommandAsync(
                http, "patch-customer", patch, work => Answer(customers.Patch(work, customerId, patch, now => ThrowUnlessMatches(http, now))));
        });
        app.MapPost(
            "/customers/{customerId}/conflicts/{field}",
            (string customerId, string field, ResolveConflict request, HttpContext http, WriteQueue<TDb> writes) =>
            {
                RefusedException.ThrowIfAny(ProfilePatch.ValidateResolution(customerId, field, request.Value));
                return writes.ExecuteCommandAsync(
                    http,
                    "resolve-conflict",
                    request,
                    work =>
                    {
                        var answer = Answer(customers.Resolve(work, customerId, field, request.Value, now => ThrowUnlessMatches(http, now)));
                        if (Operator.Of(http) is { } who)
                        {
                            ConflictDecision.SayWho(work, CustomerReplica<TDb>.Kind, customerId, field, who);
                        }

                        return answer;
                    });
            });
        app.MapGet("/conflicts", (string? status, string? customerId, string? after, int? limit, Database<TDb> database) =>
        {
            RefusedException.ThrowIfAny(ConflictListing.Validate(status, after, limit));
            var record = customerId is null ? ((string, string)?)null : (CustomerReplica<TDb>.Kind, customerId);
            return TypedResults.Ok(database.ListConflicts(status, record, ConflictListing.Position(after), KeysetPage.Size(limit)));
        });
        app.MapGet("/snapshots/customers", (string? after, int? limit, Database<TDb> database) =>
        {
            var (start, size) = (after ?? "", KeysetPage.Size(limit));
            return TypedResults.Ok(database.Read(db => KeysetPage.Of(
                db.ListRecords(CustomerReplica<TDb>.Kind, start, size + 1), size, r => r.Key, r => customers.Read(r).ToSnapshot())));
        });
    }

    private static CommandAnswer Answer(CustomerProfile profile) =>
        CommandEndpoints.Answer(StatusCodes.Status200OK, profile.ToDetails(), etag: ETag.Of(profile.Version));

    private static void ThrowUnlessMatches(HttpContext http, CustomerProfile now) =>
        ETag.ThrowUnlessMatches(http, ETag.Of(now.Version), exists: now.State.Registers.Count > 0);
}
