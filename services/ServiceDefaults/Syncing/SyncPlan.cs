using Consistency.Storage;
using Contracts.Feeds;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Syncing;

/// <summary>
/// Brings this service in line with the state of another's record. It is told the same state again and again, and old ones late: where
/// nothing differs, or what is here is further on, it must change nothing.
/// </summary>
/// <param name="work">The unit of work.</param>
/// <param name="state">The record, as its owner had it.</param>
/// <param name="changedAt">When its owner committed it.</param>
public delegate void Reconciling<TDb, TState>(UnitOfWork<TDb> work, TState state, DateTimeOffset changedAt)
    where TDb : DbContext;

/// <summary>Whom a service follows, and what it does about their records.</summary>
public sealed class SyncPlan<TDb>
    where TDb : DbContext
{
    private readonly Dictionary<string, Dictionary<string, Action<UnitOfWork<TDb>, Change>>> handlers = new(StringComparer.Ordinal);
    private readonly List<Func<CancellationToken, Task>> chores = [];

    /// <summary>The owners of the feeds.</summary>
    internal IEnumerable<string> Sources => handlers.Keys;

    internal IReadOnlyList<Func<CancellationToken, Task>> Chores => chores;

    /// <summary>Follows a kind of record.</summary>
    /// <param name="source">App id of the feed's owner.</param>
    /// <param name="kind">One of <see cref="FeedKinds"/>.</param>
    /// <param name="reconcile">What is done about each.</param>
    public SyncPlan<TDb> Follow<TState>(string source, string kind, Reconciling<TDb, TState> reconcile)
    {
        if (!handlers.TryGetValue(source, out var ofSource))
        {
            handlers[source] = ofSource = new Dictionary<string, Action<UnitOfWork<TDb>, Change>>(StringComparer.Ordinal);
        }

        ofSource.Add(kind, (work, change) =>
        {
            // No record that is followed is ever deleted; a tombstone of a later version's says nothing that this one could act on.
            if (!change.Deleted)
            {
                reconcile(work, change.Read<TState>(), change.ChangedAt);
            }
        });
        return this;
    }

    /// <summary>Does something else with every synchronization; what it throws is logged, and it has its turn again with the next.</summary>
    public SyncPlan<TDb> Also(Func<CancellationToken, Task> chore)
    {
        chores.Add(chore);
        return this;
    }

    /// <summary>What is done about the records of a source, by kind. Other kinds are passed over: a later version's.</summary>
    internal IReadOnlyDictionary<string, Action<UnitOfWork<TDb>, Change>> HandlersOf(string source) => handlers[source];
}
