using System.Text.Json;

namespace Sidecar.PubSub.Cel;

/// <summary>A parsed routing rule.</summary>
internal sealed class CelExpression
{
    private readonly CelNode _root;

    private CelExpression(CelNode root) => _root = root;

    /// <summary>Parses a rule.</summary>
    /// <exception cref="CelSyntaxException">It is not CEL, or goes beyond this subset.</exception>
    public static CelExpression Parse(string text) => new(CelParser.Parse(text));

    /// <summary>
    /// Whether the rule holds for an event; null where it cannot be said, for example because a key is missing.
    /// </summary>
    /// <param name="event">The CloudEvent.</param>
    /// <param name="error">Why it cannot be said.</param>
    public bool? Matches(JsonElement @event, out string error)
    {
        var value = _root.Evaluate(CelValue.Of(@event));
        error = value.Kind switch
        {
            CelKind.Bool => "",
            CelKind.Error => value.Text,
            _ => "the result of the match expression was not a boolean",
        };
        return value.Kind == CelKind.Bool ? value.Bool : null;
    }
}
