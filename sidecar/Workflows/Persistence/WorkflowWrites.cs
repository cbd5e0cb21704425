using System.Runtime.InteropServices;
using Google.Protobuf;
using Sidecar.Storage;
using Sidecar.Workflows.Logic;

namespace Sidecar.Workflows.Persistence;

/// <summary>Stores what one change holds. Runs on the writer; all of a change is in one transaction.</summary>
internal static class WorkflowWrites
{
    /// <summary>Stores a change.</summary>
    public static void Write(SqliteSession session, StoredChange stored)
    {
        var change = stored.Change;
        if (change.Deleted is { } deleted)
        {
            Delete(session, deleted);
        }
        if (change.IsNew)
        {
            Insert(session, stored.Row!);
        }
        else if (change.IsChanged)
        {
            Update(session, stored.Row!, stored.IsWakeChanged);
        }
        if (stored.Row is { } row)
        {
            WriteHistory(session, row.Key, stored);
            WriteTimers(session, row.Key, change);
        }
        foreach (var message in change.Messages)
        {
            InsertMessage(session, message);
        }
        foreach (var seq in change.InboxRemoved)
        {
            var command = session.Prepare("DELETE FROM inbox WHERE seq = @seq", "@seq");
            command.Parameters[0].Value = seq;
            command.ExecuteNonQuery();
        }
    }

    private static void Delete(SqliteSession session, long key)
    {
        DeleteByKey(session, "DELETE FROM instances WHERE key = @key", key);
        DeleteHistory(session, key);
        DeleteByKey(session, "DELETE FROM timers WHERE key = @key", key);
    }

    private static void Insert(SqliteSession session, InstanceRow row)
    {
        var command = session.Prepare(
            """
            INSERT INTO instances (key, id, name, status, created, started, updated, custom_status, completed, open, wake_ms, ended_ms)
            VALUES (@key, @id, @name, @status, @created, @started, @updated, @custom, @completed, @open, @wake, @ended)
            """,
            "@key", "@id", "@name", "@status", "@created", "@started", "@updated", "@custom", "@completed", "@open", "@wake", "@ended");
        var values = command.Parameters;
        values[0].Value = row.Key;
        values[1].Value = row.Id;
        values[2].Value = row.Name;
        values[3].Value = (int)row.Status;
        values[4].Value = row.Created.ToByteArray();
        values[5].Value = OrNull(row.Started?.ToByteArray());
        values[6].Value = OrNull(row.Updated?.ToByteArray());
        values[7].Value = OrNull(row.CustomStatus);
        values[8].Value = OrNull(row.Completed?.ToByteArray());
        values[9].Value = OrNull(OpenBytes(row.Open));
        values[10].Value = OrNull(row.WakeMs);
        values[11].Value = OrNull(row.EndedMs);
        command.ExecuteNonQuery();
    }

    // Most turns leave it as it was whether the instance is to be woken: then its index is left alone.
    private static void Update(SqliteSession session, InstanceRow row, bool isWakeChanged)
    {
        var command = isWakeChanged
            ? session.Prepare(
                """
                UPDATE instances SET status = @status, created = @created, started = @started, updated = @updated,
                    custom_status = @custom, completed = @completed, open = @open, ended_ms = @ended, wake_ms = @wake WHERE key = @key
                """,
                "@key", "@status", "@created", "@started", "@updated", "@custom", "@completed", "@open", "@ended", "@wake")
            : session.Prepare(
                """
                UPDATE instances SET status = @status, created = @created, started = @started, updated = @updated,
                    custom_status = @custom, completed = @completed, open = @open, ended_ms = @ended WHERE key = @key
                """,
                "@key", "@status", "@created", "@started", "@updated", "@custom", "@completed", "@open", "@ended");
        var values = command.Parameters;
        values[0].Value = row.Key;
        values[1].Value = (int)row.Status;
        values[2].Value = row.Created.ToByteArray();
        values[3].Value = OrNull(row.Started?.ToByteArray());
        values[4].Value = OrNull(row.Updated?.ToByteArray());
        values[5].Value = OrNull(row.CustomStatus);
        values[6].Value = OrNull(row.Completed?.ToByteArray());
        values[7].Value = OrNull(OpenBytes(row.Open));
        values[8].Value = OrNull(row.EndedMs);
        if (isWakeChanged)
        {
            values[9].Value = OrNull(row.WakeMs);
        }
        command.ExecuteNonQuery();
    }

    private static void WriteHistory(SqliteSession session, long key, StoredChange stored)
    {
        if (stored.Change.WipesHistory)
        {
            DeleteHistory(session, key);
        }
        if (stored.Start is { } start)
        {
            InsertHistory(session, WorkflowSchema.RowOf(key, 0), start);
        }
        if (stored.History is { } history)
        {
            InsertHistory(session, WorkflowSchema.RowOf(key, stored.Batch), history);
        }
    }

    private static void WriteTimers(SqliteSession session, long key, InstanceChange change)
    {
        if (change.DropsTimers)
        {
            DeleteByKey(session, "DELETE FROM timers WHERE key = @key", key);
        }
        // An id that has become free may be given again by the same turn.
        foreach (var timer in change.TimersRemoved)
        {
            var command = session.Prepare("DELETE FROM timers WHERE key = @key AND timer = @timer", "@key", "@timer");
            command.Parameters[0].Value = key;
            command.Parameters[1].Value = timer;
            command.ExecuteNonQuery();
        }
        foreach (var created in change.TimersAdded)
        {
            var command = session.Prepare(
                "INSERT OR REPLACE INTO timers (key, timer, due_ms) VALUES (@key, @timer, @due)", "@key", "@timer", "@due");
            command.Parameters[0].Value = key;
            command.Parameters[1].Value = created.EventId;
            command.Parameters[2].Value = Events.DueMs(created.TimerCreated.FireAt);
            command.ExecuteNonQuery();
        }
    }

    private static void InsertMessage(SqliteSession session, Message message)
    {
        var command = session.Prepare(
            "INSERT INTO inbox (seq, target, source, event, propagated) VALUES (@seq, @target, @source, @event, @propagated)",
            "@seq", "@target", "@source", "@event", "@propagated");
        command.Parameters[0].Value = message.Seq;
        command.Parameters[1].Value = message.Target;
        command.Parameters[2].Value = OrNull(message.Source);
        command.Parameters[3].Value = message.Event.ToByteArray();
        command.Parameters[4].Value = OrNull(message.Propagated?.ToByteArray());
        command.ExecuteNonQuery();
    }

    private static void InsertHistory(SqliteSession session, long row, byte[] events)
    {
        var command = session.Prepare("INSERT INTO history (row, events) VALUES (@row, @events)", "@row", "@events");
        command.Parameters[0].Value = row;
        command.Parameters[1].Value = events;
        command.ExecuteNonQuery();
    }

    private static void DeleteHistory(SqliteSession session, long key)
    {
        var command = session.Prepare("DELETE FROM history WHERE row >= @from AND row < @to", "@from", "@to");
        command.Parameters[0].Value = WorkflowSchema.RowOf(key, 0);
        command.Parameters[1].Value = WorkflowSchema.RowOf(key + 1, 0);
        command.ExecuteNonQuery();
    }

    private static void DeleteByKey(SqliteSession session, string sql, long key)
    {
        var command = session.Prepare(sql, "@key");
        command.Parameters[0].Value = key;
        command.ExecuteNonQuery();
    }

    private static byte[]? OpenBytes(int[]? open) => open is null ? null : MemoryMarshal.AsBytes<int>(open).ToArray();

    private static object OrNull(object? value) => value ?? DBNull.Value;
}
