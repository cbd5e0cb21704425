using Consistency.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Consistency.Feeds;

/// <summary>Puts what a unit of work has changed at the end of the change feed.</summary>
internal static class ChangeRecorder
{
    /// <summary>Records the tracked changes; returns the lanes that something was added to.</summary>
    /// <param name="tracker">Up to date: changes have been detected.</param>
    /// <param name="statements">The writer's statements, in its transaction.</param>
    /// <param name="traceparent">Trace context of the unit of work; null for none.</param>
    /// <param name="now">Time of the unit of work.</param>
    public static Lanes Record(ChangeTracker tracker, StatementCache statements, string? traceparent, DateTimeOffset now)
    {
        var lanes = Lanes.None;
        foreach (var entry in tracker.Entries<IFed>())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted))
            {
                continue;
            }

            var fed = entry.Entity;
            lanes |= Record(statements, fed.FeedKind, fed.FeedKey, fed.FeedLane, entry.State == EntityState.Deleted, traceparent, now);
        }

        return lanes;
    }

    /// <summary>Records one change; returns its lane.</summary>
    public static Lanes Record(StatementCache statements, string kind, string key, Lane lane, bool isDeleted, string? traceparent, DateTimeOffset now)
    {
        statements.Run(
            """
            INSERT OR REPLACE INTO change (kind, key, lane, deleted, changed_at, traceparent)
            VALUES (@kind, @key, @lane, @deleted, @now, @traceparent)
            """,
            ("@kind", kind),
            ("@key", key),
            ("@lane", (int)lane),
            ("@deleted", isDeleted),
            ("@now", now.ToUnixTimeMilliseconds()),
            ("@traceparent", traceparent));
        return (Lanes)(1 << (int)lane);
    }
}
