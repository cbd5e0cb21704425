namespace Dapr.AspNetCore.Subscribing;

/// <summary>One subscription as <c>/dapr/subscribe</c> tells it; null members are left out.</summary>
/// <remarks>
/// Format: https://docs.dapr.io/developing-applications/building-blocks/pubsub/subscription-methods/.
/// </remarks>
internal sealed record Subscription
{
    public required string Topic { get; init; }

    public required string PubsubName { get; init; }

    /// <summary>Where all messages go, where there are no rules.</summary>
    public string? Route { get; init; }

    /// <summary>Where messages go by rules.</summary>
    public Routes? Routes { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public string? DeadLetterTopic { get; init; }

    public BulkSubscribe? BulkSubscribe { get; init; }
}

/// <summary>Rules, tried in their order, and where messages go that none holds for.</summary>
internal sealed record Routes(string? Default, IReadOnlyList<Rule> Rules);

/// <summary>A CEL expression and where the messages go that it holds for.</summary>
internal sealed record Rule(string Match, string Path);

/// <summary>How several messages are delivered at a time.</summary>
internal sealed record BulkSubscribe(bool Enabled, int MaxMessagesCount, int MaxAwaitDurationMs);
