using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Data.Sqlite;
using Sidecar.Storage;
using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Persistence;

/// <summary>Reads what is stored of instances.</summary>
internal static class WorkflowReads
{
    private const string RowColumns = "key, id, name, status, created, started, updated, custom_status, completed, open, wake_ms";

    /// <summary>An instance's row; null where there is none.</summary>
    public static InstanceRow? Row(SqliteSession session, string id)
    {
        var command = session.Prepare($"SELECT {RowColumns} FROM instances WHERE id = @id", "@id");
        command.Parameters[0].Value = id;
        using var reader = command.ExecuteReader();
        return reader.Read() ? RowOf(reader) : null;
    }

    /// <summary>How an instance's generation was started.</summary>
    public static InstanceStart Start(SqliteSession session, long key)
    {
        var command = session.Prepare("SELECT events FROM history WHERE row = @row", "@row");
        command.Parameters[0].Value = WorkflowSchema.RowOf(key, 0);
        var request = WorkflowRequest.Parser.ParseFrom((byte[])command.ExecuteScalar()!);
        return new InstanceStart(request.NewEvents[0], request.PropagatedHistory);
    }

    /// <summary>An instance's history, batch by batch.</summary>
    public static List<List<HistoryEvent>> History(SqliteSession session, long key)
    {
        var command = session.Prepare("SELECT events FROM history WHERE row > @from AND row < @to ORDER BY row", "@from", "@to");
        command.Parameters[0].Value = WorkflowSchema.RowOf(key, 0);
        command.Parameters[1].Value = WorkflowSchema.RowOf(key + 1, 0);
        var batches = new List<List<HistoryEvent>>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            batches.Add(Batches.FromBytes((byte[])reader.GetValue(0)));
        }
        return batches;
    }

    /// <summary>Instance ids in order.</summary>
    public static List<string> Ids(SqliteSession session, long offset, int count)
    {
        var command = session.Prepare("SELECT id FROM instances ORDER BY id LIMIT @count OFFSET @offset", "@count", "@offset");
        command.Parameters[0].Value = count;
        command.Parameters[1].Value = offset;
        var ids = new List<string>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            ids.Add(reader.GetString(0));
        }
        return ids;
    }

    /// <summary>Creates the tables where they are missing, and reads what there is to do.</summary>
    public static WorkToDo Load(SqliteSession session)
    {
        session.Execute(WorkflowSchema.Text);
        return new WorkToDo(
            Number(session, "SELECT MAX(key) FROM instances"),
            Number(session, "SELECT MAX(seq) FROM inbox"),
            Wakes(session), Timers(session), Messages(session));
    }

    private static List<(string Id, long Key, long AtMs, bool IsStalled)> Wakes(SqliteSession session)
    {
        var wakes = new List<(string, long, long, bool)>();
        // Left to itself SQLite would scan all instances, finished ones included, to save the sort.
        using var reader = session.Prepare(
            "SELECT id, key, wake_ms, status FROM instances INDEXED BY instances_to_wake WHERE wake_ms IS NOT NULL ORDER BY key").ExecuteReader();
        while (reader.Read())
        {
            var isStalled = reader.GetInt32(3) == (int)OrchestrationStatus.Stalled;
            wakes.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), isStalled));
        }
        return wakes;
    }

    private static List<(string Id, long Key, int Timer, long DueMs)> Timers(SqliteSession session)
    {
        var timers = new List<(string, long, int, long)>();
        using var reader = session.Prepare(
            "SELECT i.id, t.key, t.timer, t.due_ms FROM timers t JOIN instances i ON i.key = t.key").ExecuteReader();
        while (reader.Read())
        {
            timers.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetInt64(3)));
        }
        return timers;
    }

    private static List<Message> Messages(SqliteSession session)
    {
        var messages = new List<Message>();
        using var reader = session.Prepare("SELECT seq, target, source, event, propagated FROM inbox ORDER BY seq").ExecuteReader();
        while (reader.Read())
        {
            messages.Add(new Message(
                reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2),
                HistoryEvent.Parser.ParseFrom((byte[])reader.GetValue(3)),
                Bytes(reader, 4) is { } propagated ? PropagatedHistory.Parser.ParseFrom(propagated) : null));
        }
        return messages;
    }

    private static InstanceRow RowOf(SqliteDataReader reader) => new()
    {
        Key = reader.GetInt64(0),
        Id = reader.GetString(1),
        Name = reader.GetString(2),
        Status = (OrchestrationStatus)reader.GetInt32(3),
        Created = Timestamp.Parser.ParseFrom((byte[])reader.GetValue(4)),
        Started = Bytes(reader, 5) is { } started ? Timestamp.Parser.ParseFrom(started) : null,
        Updated = Bytes(reader, 6) is { } updated ? Timestamp.Parser.ParseFrom(updated) : null,
        CustomStatus = reader.IsDBNull(7) ? null : reader.GetString(7),
        Completed = Bytes(reader, 8) is { } completed ? HistoryEvent.Parser.ParseFrom(completed) : null,
        Open = Bytes(reader, 9) is { } open ? MemoryMarshal.Cast<byte, int>(open).ToArray() : null,
        WakeMs = reader.IsDBNull(10) ? null : reader.GetInt64(10),
    };

    private static byte[]? Bytes(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : (byte[])reader.GetValue(column);

    private static long Number(SqliteSession session, string sql) =>
        session.Prepare(sql).ExecuteScalar() is long number ? number : 0;
}

/// <summary>What an engine finds to do when it starts. Finished and merely waiting instances are not among it.</summary>
/// <param name="LastKey">Highest instance number given.</param>
/// <param name="LastSeq">Highest inbox number given.</param>
/// <param name="Wakes">Instances to look at, and when, in milliseconds since 1970.</param>
/// <param name="Timers">Timers that have not fired.</param>
/// <param name="Messages">Events that no turn has taken yet, in order.</param>
internal sealed record WorkToDo(
    long LastKey,
    long LastSeq,
    List<(string Id, long Key, long AtMs, bool IsStalled)> Wakes,
    List<(string Id, long Key, int Timer, long DueMs)> Timers,
    List<Message> Messages);
