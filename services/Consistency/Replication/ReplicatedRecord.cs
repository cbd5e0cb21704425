using Consistency.Feeds;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Replication;

/// <summary>A replica of a record in its service's database.</summary>
public sealed class ReplicatedRecord : IFed
{
    /// <summary>Kind of record, for example <c>customer</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its id.</summary>
    public required string Key { get; init; }

    /// <summary>The replicated state, see <see cref="Conflicts.RecordStateJson"/>.</summary>
    public required string Document { get; set; }

    /// <summary>Last change here, by a write or a join.</summary>
    public required DateTimeOffset ChangedAt { get; set; }

    string IFed.FeedKind => Kind;

    string IFed.FeedKey => Key;

    // A write is told by its event. A join is not, and need not be: the feed carries it to whoever has not heard of its parts.
    Lane IFed.FeedLane => Lane.Pushed;
}

/// <summary>Finds replicas in the context of any service that maps them.</summary>
public static class ReplicatedRecords
{
    /// <summary>Maps the table; before the house conventions.</summary>
    public static void HasReplicatedRecords(this ModelBuilder model) =>
        model.Entity<ReplicatedRecord>().ToTable("replicated_record").HasKey(r => new { r.Kind, r.Key });

    /// <summary>The record, or null.</summary>
    public static ReplicatedRecord? FindRecord<TDb>(this TDb db, string kind, string key)
        where TDb : DbContext =>
        Queries<TDb>.ByKey(db, kind, key);

    /// <summary>Records of a kind by their keys, a JSON array.</summary>
    public static IEnumerable<ReplicatedRecord> RecordsOf<TDb>(this TDb db, string kind, string keys)
        where TDb : DbContext =>
        db.Set<ReplicatedRecord>().FromSqlRaw(
            "SELECT * FROM replicated_record WHERE kind = {0} AND key IN (SELECT value FROM json_each({1}))", kind, keys);

    /// <summary>Records of a kind by key.</summary>
    public static List<ReplicatedRecord> ListRecords<TDb>(this TDb db, string kind, string after, int count)
        where TDb : DbContext =>
        db.Set<ReplicatedRecord>().Where(r => r.Kind == kind && string.Compare(r.Key, after) > 0).OrderBy(r => r.Key).Take(count).ToList();

    private static class Queries<TDb>
        where TDb : DbContext
    {
        public static readonly Func<TDb, string, string, ReplicatedRecord?> ByKey = EF.CompileQuery(
            (TDb db, string kind, string key) => db.Set<ReplicatedRecord>().AsTracking().FirstOrDefault(r => r.Kind == kind && r.Key == key));
    }
}
