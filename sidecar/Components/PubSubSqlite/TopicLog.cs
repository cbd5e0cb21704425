using Sidecar.Components.Dispatch;

namespace Sidecar.Components.PubSubSqlite;

/// <summary>
/// What the broker knows of a topic: where its log begins and ends, and its consumer groups. Guarded by the
/// broker's lock.
/// </summary>
internal sealed class TopicLog(long id, string name)
{
    /// <summary>The topic's number in the file; the high bits of its messages' row ids.</summary>
    public long Id { get; } = id;

    /// <summary>The topic's name.</summary>
    public string Name { get; } = name;

    /// <summary>True once the topic's row is committed.</summary>
    public bool IsStored { get; set; }

    /// <summary>Number of the oldest message kept; one above <see cref="Newest"/> where there is none.</summary>
    public long Oldest { get; set; } = 1;

    /// <summary>Number of the newest message committed; 0 before the first.</summary>
    public long Newest { get; set; }

    /// <summary>Consumer groups by name.</summary>
    public Dictionary<string, GroupState> Groups { get; } = new(StringComparer.Ordinal);

    /// <summary>Row id of a message of this topic.</summary>
    public long RowOf(long number) => (Id << BrokerLimits.NumberBits) | number;

    /// <summary>Number of a message within its topic.</summary>
    public static long NumberOf(long row) => row & ((1L << BrokerLimits.NumberBits) - 1);
}

/// <summary>A consumer group of a topic. Guarded by the broker's lock.</summary>
internal sealed class GroupState(TopicLog topic, string name, DoneRanges done)
{
    /// <summary>The topic.</summary>
    public TopicLog Topic { get; } = topic;

    /// <summary>The group's name: an app id.</summary>
    public string Name { get; } = name;

    /// <summary>What the group is done with.</summary>
    public DoneRanges Done { get; } = done;

    /// <summary>What is stored of <see cref="Done"/>'s cursor; messages above it must not be deleted.</summary>
    public long StoredCursor { get; set; } = done.Cursor;

    /// <summary>True if <see cref="Done"/> has changed since it was last stored.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Hands messages to consumers; null until someone of the group subscribes in this process.</summary>
    public GroupDispatcher? Dispatcher { get; set; }

    /// <summary>Number of the next message that the dispatcher has not got yet.</summary>
    public long Next { get; set; }

    /// <summary>True while older messages are being read from the log.</summary>
    public bool IsReading { get; set; }
}
