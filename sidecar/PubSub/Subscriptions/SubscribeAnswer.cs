using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecar.Resources;

namespace Sidecar.PubSub.Subscriptions;

/// <summary>An app's answer to GET /dapr/subscribe. Source: Dapr docs, "Programmatic subscriptions".</summary>
internal static partial class SubscribeAnswer
{
    /// <summary>
    /// Reads the answer; an empty body and <c>null</c> are no subscriptions, one without any route is left out, as
    /// in Dapr.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="app">The app's address, for errors.</param>
    /// <exception cref="JsonException">It is something else.</exception>
    public static List<Subscription> Parse(ReadOnlySpan<byte> body, string app)
    {
        if (body.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return [];
        }
        var items = JsonSerializer.Deserialize(body, Context.Default.ListItem) ?? [];
        return [.. items.Select(item => Convert(item, app)).Where(static s => s.Rules.Count > 0)];
    }

    private static Subscription Convert(Item item, string app)
    {
        List<RouteRule> rules = [.. (item.Routes?.Rules ?? []).Select(static r => new RouteRule(r.Match, r.Path))];
        if ((item.Routes?.Default is { Length: > 0 } path ? path : item.Route) is { Length: > 0 } otherwise)
        {
            rules.Add(new RouteRule(null, otherwise));
        }
        var defaults = new BulkSubscribe(item.BulkSubscribe?.Enabled ?? false);
        return new Subscription(
            item.PubsubName, item.Topic, rules,
            string.IsNullOrEmpty(item.DeadLetterTopic) ? null : item.DeadLetterTopic,
            defaults with
            {
                MaxMessagesCount = item.BulkSubscribe?.MaxMessagesCount is > 0 and var count
                    ? count
                    : defaults.MaxMessagesCount,
                MaxAwaitDurationMs = item.BulkSubscribe?.MaxAwaitDurationMs is > 0 and var wait
                    ? wait
                    : defaults.MaxAwaitDurationMs,
            },
            item.Metadata ?? [], [], SubscriptionSource.Programmatic, app);
    }

    // Names are matched without case, as Go does.
    [JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, NumberHandling = JsonNumberHandling.Strict)]
    [JsonSerializable(typeof(List<Item>))]
    private sealed partial class Context : JsonSerializerContext;

    private sealed record Item
    {
        public string PubsubName { get; init; } = "";

        public string Topic { get; init; } = "";

        public string? Route { get; init; }

        public Routes? Routes { get; init; }

        public string? DeadLetterTopic { get; init; }

        public Dictionary<string, string>? Metadata { get; init; }

        public Bulk? BulkSubscribe { get; init; }
    }

    private sealed record Routes
    {
        public List<Rule>? Rules { get; init; }

        public string? Default { get; init; }
    }

    private sealed record Rule
    {
        public string? Match { get; init; }

        public string Path { get; init; } = "";
    }

    private sealed record Bulk
    {
        public bool Enabled { get; init; }

        public int MaxMessagesCount { get; init; }

        public int MaxAwaitDurationMs { get; init; }
    }
}
