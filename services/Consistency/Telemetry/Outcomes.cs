namespace Consistency.Telemetry;

/// <summary>What becomes of a message, or of a change in a feed: as spans say it, and values of the label <c>outcome</c>.</summary>
public static class MessageOutcomes
{
    /// <summary>It took effect.</summary>
    public const string Handled = "handled";

    /// <summary>It was new, and changed nothing: something newer was known.</summary>
    public const string Stale = "stale";

    /// <summary>It had taken effect before.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>It waits behind a dead letter of its aggregate.</summary>
    public const string Parked = "parked";

    /// <summary>It failed or came too early, and will be delivered again.</summary>
    public const string Retry = "retry";

    /// <summary>No attempt can ever handle it: it is kept as a dead letter.</summary>
    public const string Dead = "dead";

    /// <summary>An operator has decided that it is never to be handled.</summary>
    public const string Discarded = "discarded";

    /// <summary>Those of deliveries, which are counted.</summary>
    public static readonly IReadOnlyList<string> All = [Handled, Stale, Duplicate, Parked, Retry, Dead];
}

/// <summary>What a workflow brings about: values of the label <c>outcome</c>.</summary>
public static class WorkflowOutcomes
{
    /// <summary>FulfilOrder confirmed its order.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>FulfilOrder cancelled its order.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>SettleOrder brought all services in line with the decision.</summary>
    public const string Settled = "settled";

    /// <summary>Steps failed for so long that an operator must look.</summary>
    public const string Attention = "attention";

    /// <summary>The engine had lost it, or it failed or was ended by force; another one was started.</summary>
    public const string Lost = "lost";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Confirmed, Cancelled, Settled, Attention, Lost];
}
