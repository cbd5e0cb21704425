using System.Text.Json;
using Sidecar.Components.Dispatch;
using Sidecar.Storage;

namespace Sidecar.Components.PubSubSqlite;

/// <summary>
/// The broker's tables and statements. A message's row id is its topic's number and its own number within the
/// topic, so that a topic's log lies together in the file and is read in order without another index.
/// </summary>
internal static class BrokerStore
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS messages (
            row INTEGER PRIMARY KEY, data BLOB NOT NULL, metadata TEXT, expires_at INTEGER);
        CREATE TABLE IF NOT EXISTS consumer_groups (
            topic INTEGER NOT NULL REFERENCES topics (id), name TEXT NOT NULL, cursor INTEGER NOT NULL, done BLOB,
            PRIMARY KEY (topic, name)) WITHOUT ROWID;
        """;

    /// <summary>Creates the tables where they are missing, and reads the state of all topics and groups.</summary>
    public static List<TopicLog> Load(SqliteSession session)
    {
        session.Execute(Schema);
        var topics = new List<TopicLog>();
        using (var reader = session.Prepare("SELECT id, name FROM topics ORDER BY id").ExecuteReader())
        {
            while (reader.Read())
            {
                topics.Add(new TopicLog(reader.GetInt64(0), reader.GetString(1)) { IsStored = true });
            }
        }
        foreach (var topic in topics)
        {
            LoadGroups(session, topic);
            LoadBounds(session, topic);
        }
        return topics;
    }

    /// <summary>Stores a topic's row.</summary>
    public static void InsertTopic(SqliteSession session, TopicLog topic)
    {
        var command = session.Prepare("INSERT INTO topics (id, name) VALUES (@id, @name)", "@id", "@name");
        command.Parameters[0].Value = topic.Id;
        command.Parameters[1].Value = topic.Name;
        command.ExecuteNonQuery();
    }

    /// <summary>Appends a message to its topic's log.</summary>
    public static void InsertMessage(SqliteSession session, long row, NewMessage message, DateTimeOffset? expiresAt)
    {
        var command = session.Prepare(
            "INSERT INTO messages (row, data, metadata, expires_at) VALUES (@row, @data, @metadata, @expires)",
            "@row", "@data", "@metadata", "@expires");
        command.Parameters[0].Value = row;
        command.Parameters[1].Value = BytesOf(message.Data);
        command.Parameters[2].Value =
            message.Metadata.Count == 0 ? DBNull.Value : JsonSerializer.Serialize(message.Metadata);
        command.Parameters[3].Value = expiresAt is { } at ? at.ToUnixTimeMilliseconds() : DBNull.Value;
        command.ExecuteNonQuery();
    }

    /// <summary>Stores what a group is done with.</summary>
    public static void SaveGroup(SqliteSession session, long topic, string name, long cursor, byte[]? done)
    {
        var command = session.Prepare(
            """
            INSERT INTO consumer_groups (topic, name, cursor, done) VALUES (@topic, @name, @cursor, @done)
            ON CONFLICT DO UPDATE SET cursor = excluded.cursor, done = excluded.done
            """,
            "@topic", "@name", "@cursor", "@done");
        command.Parameters[0].Value = topic;
        command.Parameters[1].Value = name;
        command.Parameters[2].Value = cursor;
        command.Parameters[3].Value = (object?)done ?? DBNull.Value;
        command.ExecuteNonQuery();
    }

    /// <summary>Deletes the messages in these rows, both included.</summary>
    public static void DeleteMessages(SqliteSession session, long from, long to)
    {
        var command = session.Prepare("DELETE FROM messages WHERE row BETWEEN @from AND @to", "@from", "@to");
        command.Parameters[0].Value = from;
        command.Parameters[1].Value = to;
        command.ExecuteNonQuery();
    }

    /// <summary>The next messages of a topic from a number on, as many as one read may hold.</summary>
    public static List<DeliveredMessage> Read(SqliteSession session, TopicLog topic, long from, long to)
    {
        var command = session.Prepare(
            $"""
            SELECT row, data, metadata, expires_at FROM messages
            WHERE row BETWEEN @from AND @to ORDER BY row LIMIT {BrokerLimits.ReadMessagesMax}
            """,
            "@from", "@to");
        command.Parameters[0].Value = topic.RowOf(from);
        command.Parameters[1].Value = topic.RowOf(to);
        var messages = new List<DeliveredMessage>();
        var bytes = 0L;
        using var reader = command.ExecuteReader();
        while (bytes < BrokerLimits.ReadBytesMax && reader.Read())
        {
            var data = (byte[])reader.GetValue(1);
            bytes += data.Length;
            messages.Add(new DeliveredMessage(
                TopicLog.NumberOf(reader.GetInt64(0)), topic.Name, data,
                reader.IsDBNull(2) ? NoMetadata : MetadataOf(reader.GetString(2)))
            {
                ExpiresAt = reader.IsDBNull(3) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
                Subject = EventSubject.Read(data),
            });
        }
        return messages;
    }

    private static Dictionary<string, string> MetadataOf(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    private static void LoadGroups(SqliteSession session, TopicLog topic)
    {
        var command = session.Prepare("SELECT name, cursor, done FROM consumer_groups WHERE topic = @topic", "@topic");
        command.Parameters[0].Value = topic.Id;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var done = new DoneRanges(reader.GetInt64(1), reader.IsDBNull(2) ? null : (byte[])reader.GetValue(2));
            topic.Groups.Add(reader.GetString(0), new GroupState(topic, reader.GetString(0), done));
        }
    }

    private static void LoadBounds(SqliteSession session, TopicLog topic)
    {
        var command =
            session.Prepare("SELECT MIN(row), MAX(row) FROM messages WHERE row BETWEEN @from AND @to", "@from", "@to");
        command.Parameters[0].Value = topic.RowOf(0);
        command.Parameters[1].Value = topic.RowOf(0) | ((1L << BrokerLimits.NumberBits) - 1);
        using var reader = command.ExecuteReader();
        reader.Read();
        var isEmpty = reader.IsDBNull(0);
        // Numbers are never given twice: messages that all groups are done with may be gone, but the groups
        // remember them.
        topic.Newest = Math.Max(
            isEmpty ? 0 : TopicLog.NumberOf(reader.GetInt64(1)),
            topic.Groups.Values.Select(static g => g.Done.Highest).DefaultIfEmpty(0).Max());
        topic.Oldest = isEmpty ? topic.Newest + 1 : TopicLog.NumberOf(reader.GetInt64(0));
    }

    private static byte[] BytesOf(ReadOnlyMemory<byte> data) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(data, out var segment)
        && segment.Offset == 0 && segment.Array!.Length == segment.Count
            ? segment.Array
            : data.ToArray();
}
