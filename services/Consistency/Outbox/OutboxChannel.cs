namespace Consistency.Outbox;

/// <summary>
/// Where an outbox message goes. Each channel has its own table, lease and relay: while one's receiver is away, only its own messages
/// wait.
/// </summary>
public enum OutboxChannel
{
    /// <summary>Events, to the broker.</summary>
    Events,

    /// <summary>What workflows are told, to the workflow engine.</summary>
    Workflow,
}

/// <summary>A set of channels: who is to be woken after a commit.</summary>
[Flags]
public enum OutboxChannels
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><see cref="OutboxChannel.Events"/>.</summary>
    Events = 1 << OutboxChannel.Events,

    /// <summary><see cref="OutboxChannel.Workflow"/>.</summary>
    Workflow = 1 << OutboxChannel.Workflow,
}

/// <summary>The channels' tables.</summary>
internal static class OutboxTables
{
    public static readonly IReadOnlyList<OutboxChannel> Channels = [OutboxChannel.Events, OutboxChannel.Workflow];

    /// <summary>Name of the channel's table; its lease's is the same with <c>_lease</c>.</summary>
    public static string Of(OutboxChannel channel) => channel == OutboxChannel.Events ? "outbox" : "workflow_outbox";
}
