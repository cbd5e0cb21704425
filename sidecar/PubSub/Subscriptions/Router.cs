using System.Text.Json;
using Sidecar.PubSub.Cel;
using Sidecar.Resources;

namespace Sidecar.PubSub.Subscriptions;

/// <summary>Where an event goes.</summary>
/// <param name="Path">Path on the app; null where no rule matches, or where a rule failed.</param>
/// <param name="Error">Why a rule failed: the event then goes nowhere, not even to the default route, as in
/// Dapr.</param>
internal readonly record struct Route(string? Path, string? Error);

/// <summary>A subscription's routing rules, compiled.</summary>
internal sealed class Router
{
    private readonly (CelExpression? Match, string Path)[] _rules;

    private Router((CelExpression? Match, string Path)[] rules)
    {
        _rules = rules;
        NeedsEvent = rules.Any(static r => r.Match is not null);
    }

    /// <summary>True if some rule looks at the event.</summary>
    public bool NeedsEvent { get; }

    /// <summary>Compiles a subscription's rules.</summary>
    /// <exception cref="ResourceException">A rule is not CEL.</exception>
    public static Router Compile(Subscription subscription)
    {
        var rules = new (CelExpression?, string)[subscription.Rules.Count];
        for (var i = 0; i < rules.Length; i++)
        {
            var (match, path) = subscription.Rules[i];
            try
            {
                rules[i] = (string.IsNullOrWhiteSpace(match) ? null : CelExpression.Parse(match), path);
            }
            catch (CelSyntaxException exception)
            {
                var isFile = subscription.Source == SubscriptionSource.Declarative;
                var prefix = isFile ? "spec." : $"topic {subscription.Topic}: ";
                throw new ResourceException(subscription.File, $"{prefix}routes.rules[{i}].match",
                    $"'{match}' is not a CEL expression: {exception.Message}",
                    "Write for example event.type == \"order.placed.v1\".");
            }
        }
        return new Router(rules);
    }

    /// <summary>The first rule that holds.</summary>
    public Route Find(JsonElement @event)
    {
        foreach (var (match, path) in _rules)
        {
            if (match is null)
            {
                return new(path, null);
            }
            switch (match.Matches(@event, out var error))
            {
                case true: return new(path, null);
                case null: return new(null, error);
            }
        }
        return default;
    }
}
