using System.Globalization;
using Sidecar.PubSub.Scoping;
using Sidecar.Resources;

namespace Sidecar.Components.Settings;

/// <summary>Reads a broker's metadata; each mistake becomes an error that names file and field.</summary>
internal sealed class PubSubSettings(Component component)
{
    /// <summary>
    /// Calls under way per subscription where <c>concurrency</c> is not set: the default of Dapr's pubsub.redis.
    /// </summary>
    public const int ConcurrencyDefault = 10;

    private const int ConcurrencyMax = 1_000;

    /// <summary>Refuses all names but these and the topic scopes, which belong to the runtime and are the same for every type.</summary>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        foreach (var name in component.Metadata.Keys)
        {
            if (!Contains(names, name) && !TopicScopes.MetadataNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                var known = string.Join(", ", names.ToArray());
                throw Error(name, $"is unknown to {component.Type}", $"Known are {known}.");
            }
        }
    }

    /// <summary>A text, or null where it is missing or empty.</summary>
    public string? Text(string name) => ComponentMetadata.Find(component, name) is { Length: > 0 } value ? value : null;

    /// <summary>A whole number within limits, or null where it is missing.</summary>
    public long? Number(string name, long min, long max)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min
            && value <= max
            ? value
            : throw Error(name, $"'{text}' is not a number from {min} to {max}", "Write a whole number in quotes.");
    }

    /// <summary>True where <c>concurrency</c> is given as a number of calls.</summary>
    public bool HasConcurrencyNumber => Text("concurrency") is { } text && text.All(char.IsAsciiDigit);

    /// <summary>Deliveries under way per subscription.</summary>
    public int Concurrency() => (int)(Number("concurrency", 1, ConcurrencyMax) ?? ConcurrencyDefault);

    /// <summary>An error about one field.</summary>
    public ResourceException Error(string name, string problem, string remedy) =>
        new(component.File, $"spec.metadata[{name}]", problem, remedy);

    private static bool Contains(ReadOnlySpan<string> names, string name)
    {
        foreach (var known in names)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }
}
