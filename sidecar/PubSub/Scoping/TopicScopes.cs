using Sidecar.Resources;

namespace Sidecar.PubSub.Scoping;

/// <summary>
/// Which topics of one pub/sub component an app may publish to and subscribe to: its metadata <c>publishingScopes</c>,
/// <c>subscriptionScopes</c>, <c>allowedTopics</c> and <c>protectedTopics</c>. They are the runtime's, whatever the component's type.
/// Source: dapr/dapr pkg/scopes and pkg/runtime/pubsub/adapter.go; Dapr docs, "Scope Pub/sub topic access".
/// </summary>
public sealed class TopicScopes
{
    /// <summary>The names of the four metadata values; names compare without case.</summary>
    public static readonly IReadOnlyList<string> MetadataNames = [Publishing, Subscription, Allowed, Protected];

    private const string Publishing = "publishingScopes";
    private const string Subscription = "subscriptionScopes";
    private const string Allowed = "allowedTopics";
    private const string Protected = "protectedTopics";

    private readonly HashSet<string> _allowed;
    private readonly HashSet<string> _protected;
    private readonly HashSet<string> _publishing;
    private readonly HashSet<string> _subscription;

    private TopicScopes(Component component, string appId)
    {
        _allowed = Topics(Text(component, Allowed));
        _protected = Topics(Text(component, Protected));
        _publishing = OfApp(component, Publishing, appId);
        _subscription = OfApp(component, Subscription, appId);
    }

    /// <summary>What a component's metadata says about one app.</summary>
    /// <exception cref="ResourceException">A scope is not of the form <c>app=topic,topic;app=topic</c>. Dapr ignores such a part, which
    /// opens to the app what the file's author meant to close.</exception>
    public static TopicScopes Read(Component component, string appId) => new(component, appId);

    /// <summary>True where the app may publish to the topic.</summary>
    public bool MayPublish(string topic) => IsAllowed(topic, _publishing);

    /// <summary>True where the app may subscribe to the topic.</summary>
    public bool MaySubscribe(string topic) => IsAllowed(topic, _subscription);

    // Closed to all by allowedTopics; else open to all who have no scope, unless it is protected: then a scope must name it.
    private bool IsAllowed(string topic, HashSet<string> scope) =>
        (_allowed.Count == 0 || _allowed.Contains(topic))
        && ((scope.Count == 0 && !_protected.Contains(topic)) || scope.Contains(topic));

    // "app=" gives a scope with one topic without a name: the app may do nothing, as with Dapr.
    private static HashSet<string> OfApp(Component component, string name, string appId)
    {
        var topics = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in Text(component, name).Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=') is not [{ Length: > 0 } app, var list])
            {
                throw new ResourceException(
                    component.File, $"spec.metadata[{name}]", $"'{part}' does not say which app may use which topics",
                    "Write app=topic,topic and put ; between apps.");
            }
            if (app == appId)
            {
                topics.UnionWith(list.Split(','));
            }
        }
        return topics;
    }

    private static HashSet<string> Topics(string text) => new(text.Length == 0 ? [] : text.Split(','), StringComparer.Ordinal);

    // Dapr takes out all blanks; those come from YAML's folded lines, too.
    private static string Text(Component component, string name) =>
        component.Metadata.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value
            ?.Replace(" ", "", StringComparison.Ordinal) ?? "";
}
