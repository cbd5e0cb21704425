using System.Text.Json;
using Consistency.Conflicts;
using Consistency.Replication;
using Consistency.Storage;
using Contracts.Customers;
using Contracts.Events;
using Contracts.Feeds;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;
using ServiceDefaults.Problems;

namespace ServiceDefaults.Customers;

/// <summary>
/// A service's replica of the customer profiles. Several services have one and write to it without asking each other; each write is told
/// with the writer's whole state, which the others join. A join tells nobody: what it brings together, others bring together themselves.
/// </summary>
/// <param name="id">The name that this process writes under.</param>
/// <param name="rules">The fields and their policies.</param>
/// <param name="onChange">What else changes in the same transaction, whoever wrote; null for nothing.</param>
public sealed class CustomerReplica<TDb>(
    ReplicaId id, IReadOnlyList<FieldRule> rules, Action<UnitOfWork<TDb>, CustomerProfile>? onChange = null)
    where TDb : DbContext
{
    /// <summary>Kind of record, in the table, in the log of conflicts and in the change feed.</summary>
    public const string Kind = FeedKinds.Customer;

    private readonly RecordReplica<TDb> records = new(Kind, id, rules);

    /// <summary>The profile, or null where nobody has written it yet.</summary>
    public CustomerProfile? Find(TDb db, string customerId) =>
        records.Read(db, customerId) is { Registers.Count: > 0 } state ? new CustomerProfile(customerId, state, rules) : null;

    /// <summary>A stored replica as its profile.</summary>
    public CustomerProfile Read(ReplicatedRecord record) => new(record.Key, RecordStateJson.Read(record.Document), rules);

    /// <summary>
    /// Applies a merge patch (RFC 7396) that was checked; the first one makes the customer. Fields that it does not change are not written.
    /// </summary>
    /// <exception cref="RefusedException">404: there is no such customer, and nothing to make one of.</exception>
    public CustomerProfile Patch(UnitOfWork<TDb> work, string customerId, JsonElement patch, Action<CustomerProfile>? precondition = null)
    {
        var before = Current(work, customerId);
        precondition?.Invoke(before);
        return Write(work, before, patch.EnumerateObject().Select(m => Change(before, m.Name, m.Value)));
    }

    /// <summary>Sets the credit limit.</summary>
    public CustomerProfile SetCreditLimit(UnitOfWork<TDb> work, string customerId, long cents)
    {
        var before = Current(work, customerId);
        return Write(work, before, [KeyValuePair.Create(ProfileFields.CreditLimitCents, Leaf.Of(cents))]);
    }

    /// <summary>Somebody has decided: the value replaces all that are in conflict, here and wherever it arrives.</summary>
    /// <exception cref="RefusedException">404: no such customer. 409: nothing is open.</exception>
    public CustomerProfile Resolve(UnitOfWork<TDb> work, string customerId, string field, JsonElement value, Action<CustomerProfile>? precondition = null)
    {
        var before = Find(work.Db, customerId) ?? throw RefusedException.NotFound("customer", customerId);
        precondition?.Invoke(before);
        if (!before.Field(field).IsOpen)
        {
            throw new RefusedException(
                StatusCodes.Status409Conflict,
                "No conflict is open.",
                $"Field '{field}' of customer '{customerId}' waits for no decision here; change it with PATCH.");
        }

        return Write(work, before, [KeyValuePair.Create(field, Leaf.Read(value))]);
    }

    /// <summary>Another replica was written.</summary>
    public void On(UnitOfWork<TDb> work, Received<CustomerChanged> message) => Apply(work, message.Data.CustomerId, message.Data.State);

    /// <summary>
    /// Takes over another replica's state, however it came: by event or by the change feed, in any order, late, twice.
    /// </summary>
    /// <returns>False where nothing was news; then nothing was written either.</returns>
    /// <exception cref="JsonException">The state is malformed, or holds what no service accepts.</exception>
    /// <exception cref="ClockDriftException">It was written by a clock that is too far ahead.</exception>
    public bool Apply(UnitOfWork<TDb> work, string customerId, JsonElement state)
    {
        var received = new CustomerProfile(customerId, RecordStateJson.Read(state), rules);
        ProfileStateCheck.ThrowIfInvalid(received);
        if (records.Join(work, customerId, received.State) is not { } joined)
        {
            return false;
        }

        onChange?.Invoke(work, received with { State = joined });
        return true;
    }

    private CustomerProfile Current(UnitOfWork<TDb> work, string customerId) => new(customerId, records.Read(work.Db, customerId), rules);

    private CustomerProfile Write(UnitOfWork<TDb> work, CustomerProfile before, IEnumerable<KeyValuePair<string, Leaf>> changes)
    {
        var values = new Dictionary<string, Leaf>(StringComparer.Ordinal);
        foreach (var (field, value) in changes)
        {
            foreach (var (path, leaf) in FieldWrite.Of(before.State, rules.First(r => r.Name == field), value))
            {
                values[path] = leaf;
            }
        }

        if (records.Write(work, before.CustomerId, before.State, values) is not { } state)
        {
            return before.State.Registers.Count > 0 ? before : throw RefusedException.NotFound("customer", before.CustomerId);
        }

        var after = before with { State = state };
        work.Publish(after.CustomerId, state.Vector.Sum, new CustomerChanged(after.CustomerId, JsonElement.Parse(RecordStateJson.Write(state))));
        onChange?.Invoke(work, after);
        return after;
    }

    // A patch of an address names some of its members; the others stay as this replica reads them now.
    private static KeyValuePair<string, Leaf> Change(CustomerProfile before, string field, JsonElement value)
    {
        var members = ProfileFields.MembersOf(field);
        if (members.Count == 0 || value.ValueKind == JsonValueKind.Null)
        {
            return KeyValuePair.Create(field, Leaf.Read(value));
        }

        var now = before.Field(field).Value;
        return KeyValuePair.Create(field, Leaf.Of(members.Select(m => KeyValuePair.Create(
            m, value.TryGetProperty(m, out var named) ? Leaf.Read(named) : now.Member(m)))));
    }
}
