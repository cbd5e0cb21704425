using System.Data.Common;
using Consistency.Feeds;
using Consistency.Instances;
using Consistency.Outbox;
using Consistency.Storage;
using Contracts.DeadLetters;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Telemetry;

/// <summary>What waits in a service's outbox.</summary>
/// <param name="channels">The channels that it sends.</param>
public sealed class OutboxGauges<TDb>(params IReadOnlyList<OutboxChannel> channels) : IGaugeSource<TDb>
    where TDb : DbContext
{
    /// <inheritdoc/>
    public IReadOnlyList<Gauge> Reads { get; } = [Gauges.OutboxDepth, Gauges.OutboxAge];

    /// <inheritdoc/>
    public void Read(TDb db, DateTimeOffset now, GaugeValues values)
    {
        var connection = db.Database.GetDbConnection();
        foreach (var channel in channels)
        {
            var (table, label) = (OutboxTables.Of(channel), new KeyValuePair<string, object?>("channel", channel.ToString().ToLowerInvariant()));
            values.Set(Gauges.OutboxDepth, connection.Number(GaugeSql.Unsent(table)), label);
            values.SetAge(Gauges.OutboxAge, now, connection.Find(GaugeSql.OldestUnsent(table)), label);
        }
    }
}

/// <summary>What operators are to decide about messages.</summary>
public sealed class DeadLetterGauges<TDb> : IGaugeSource<TDb>
    where TDb : DbContext
{
    /// <inheritdoc/>
    public IReadOnlyList<Gauge> Reads { get; } = [Gauges.DeadLetters, Gauges.DeadLettersAge];

    /// <inheritdoc/>
    public void Read(TDb db, DateTimeOffset now, GaugeValues values)
    {
        var connection = db.Database.GetDbConnection();
        foreach (var status in (ReadOnlySpan<string>)[DeadLetterStatuses.Dead, DeadLetterStatuses.Parked])
        {
            var label = new KeyValuePair<string, object?>("status", status);
            values.Set(Gauges.DeadLetters, connection.Number(GaugeSql.Letters(status)), label);
            values.SetAge(Gauges.DeadLettersAge, now, connection.Find(GaugeSql.OldestLetter(status)), label);
        }
    }
}

/// <summary>What operators are to decide about records.</summary>
public sealed class ConflictGauges<TDb> : IGaugeSource<TDb>
    where TDb : DbContext
{
    /// <inheritdoc/>
    public IReadOnlyList<Gauge> Reads { get; } = [Gauges.ConflictsOpen, Gauges.ConflictsOpenAge];

    /// <inheritdoc/>
    public void Read(TDb db, DateTimeOffset now, GaugeValues values)
    {
        var connection = db.Database.GetDbConnection();
        values.Set(Gauges.ConflictsOpen, connection.Number(GaugeSql.OpenConflicts));
        values.SetAge(Gauges.ConflictsOpenAge, now, connection.Find(GaugeSql.OldestOpenConflict));
    }
}

/// <summary>How far the followers of a service's feed are behind; see <see cref="InstanceFigures.ReaderCursor{TDb}"/>.</summary>
/// <param name="feed">App id of the service.</param>
/// <param name="readers">App ids of those who follow the pulled lane.</param>
public sealed class FeedGauges<TDb>(string feed, IReadOnlyList<string> readers) : IGaugeSource<TDb>
    where TDb : DbContext
{
    // Whether there is something matters, since when, and about how much.
    private const int CountMax = 1000;

    /// <inheritdoc/>
    public IReadOnlyList<Gauge> Reads { get; } = [Gauges.FeedUnread, Gauges.FeedLag];

    /// <inheritdoc/>
    public void Read(TDb db, DateTimeOffset now, GaugeValues values)
    {
        var connection = db.Database.GetDbConnection();
        foreach (var reader in readers)
        {
            var unread = ChangeFeed<TDb>.Behind(connection, InstanceFigures.ReaderCursor(connection, reader), Lane.Pulled, CountMax);
            values.Set(Gauges.FeedUnread, unread.Count, new("feed", feed), new("reader", reader));
            values.SetAge(Gauges.FeedLag, now, unread.Since, new("feed", feed), new("reader", reader));
        }
    }
}

/// <summary>The questions, each answered by an index.</summary>
internal static class GaugeSql
{
    public const string OpenConflicts = "SELECT count(*) FROM conflict WHERE resolved_at IS NULL";
    public const string OldestOpenConflict = "SELECT seen_at FROM conflict WHERE resolved_at IS NULL ORDER BY seen_at LIMIT 1";

    public static string Unsent(string table) => $"SELECT count(*) FROM {table} WHERE sent_at IS NULL";

    public static string OldestUnsent(string table) => $"SELECT created_at FROM {table} WHERE sent_at IS NULL ORDER BY sequence LIMIT 1";

    public static string Letters(string status) => $"SELECT count(*) FROM dead_letter WHERE status = '{status}'";

    public static string OldestLetter(string status) => $"SELECT received_at FROM dead_letter WHERE status = '{status}' ORDER BY sequence LIMIT 1";

    /// <summary>A time, or null where there is none.</summary>
    public static long? Find(this DbConnection connection, string sql)
    {
        using var command = connection.Prepare(transaction: null, sql);
        return command.ExecuteScalar() as long?;
    }
}
