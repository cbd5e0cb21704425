using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sidecar.Resources.Yaml;

/// <summary>
/// A YAML map that is read field by field. Every field must be asked for: <see cref="Finish"/> refuses those that
/// nobody knew, so that a misspelt or unsupported field is never ignored.
/// </summary>
internal sealed class YamlMap(string file, string path, YamlMappingNode node)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlNode> _fields =
        node.Children.ToDictionary(field => KeyText(field.Key), field => field.Value, StringComparer.Ordinal);

    public string File { get; } = file;

    /// <summary>Line where the map begins, from 1.</summary>
    public long Line => node.Start.Line;

    /// <summary>The field keys in file order.</summary>
    public IEnumerable<string> Keys => _fields.Keys;

    /// <summary>Path of a field inside the file.</summary>
    public string At(string key) => path.Length == 0 ? key : $"{path}.{key}";

    public ResourceException Error(string key, string problem, string remedy) => new(File, At(key), problem, remedy);

    public bool Has(string key) => Find(key) is not null;

    public string? Text(string key)
    {
        var scalar = Scalar(key);
        if (scalar is null)
        {
            return null;
        }

        // A plain 5 or true is a number or a boolean to Dapr's parser, which refuses it where text is wanted.
        if (scalar.Style == ScalarStyle.Plain && IsNumberOrBoolean(scalar.Value!))
        {
            throw Error(key, $"{scalar.Value} is not text", $"Put it in quotes: \"{scalar.Value}\".");
        }

        return scalar.Value;
    }

    /// <summary>Any scalar, as it is written.</summary>
    public string? AnyScalar(string key) => Scalar(key)?.Value;

    public string RequiredText(string key, string example)
    {
        var text = Text(key);
        return string.IsNullOrWhiteSpace(text)
            ? throw Error(key, "is missing", $"Add it, for example '{key}: {example}'.")
            : text;
    }

    public bool? Boolean(string key) => Scalar(key) switch
    {
        null => null,
        { Style: ScalarStyle.Plain, Value: "true" } => true,
        { Style: ScalarStyle.Plain, Value: "false" } => false,
        var other => throw Error(key, $"'{other.Value}' is not a boolean", "Write true or false."),
    };

    public int? Integer(string key, int min, int max)
    {
        var scalar = Scalar(key);
        if (scalar is null)
        {
            return null;
        }

        return scalar.Style == ScalarStyle.Plain
            && int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max
            ? number
            : throw Error(
                key,
                $"'{scalar.Value}' is not a whole number from {min} to {max}",
                "Write such a number, without quotes.");
    }

    public int? Port(string key) => Integer(key, 1, 65535);

    public T? Choice<T>(string key, IReadOnlyDictionary<string, T> choices)
        where T : struct
    {
        var text = Text(key);
        if (text is null)
        {
            return null;
        }

        return choices.TryGetValue(text, out var value)
            ? value
            : throw Error(key, $"'{text}' is not supported", $"Write one of: {string.Join(", ", choices.Keys)}.");
    }

    public YamlMap? Map(string key) => Find(key) switch
    {
        null => null,
        YamlMappingNode map => new YamlMap(File, At(key), map),
        _ => throw Error(key, "is not a map", "Write fields below it as 'name: value'."),
    };

    public YamlMap RequiredMap(string key) =>
        Map(key) ?? throw Error(key, "is missing", "Add it, with fields below it as 'name: value'.");

    public IReadOnlyList<YamlMap> Maps(string key) =>
        [.. Items(key).Select((item, i) => item as YamlMappingNode is { } map
            ? new YamlMap(File, $"{At(key)}[{i}]", map)
            : throw Error($"{key}[{i}]", "is not a map", "Write fields as 'name: value'."))];

    public IReadOnlyList<string> Texts(string key) =>
        [.. Items(key).Select((item, i) => item is YamlScalarNode { Value: { Length: > 0 } value }
            ? value
            : throw Error($"{key}[{i}]", "is not text", "Write a list of names: ['a', 'b']."))];

    /// <summary>A map of scalars, as they are written.</summary>
    public IReadOnlyDictionary<string, string> Scalars(string key)
    {
        var map = Map(key);
        return map is null
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            : map.Keys.ToDictionary(k => k, k => map.AnyScalar(k) ?? string.Empty, StringComparer.Ordinal);
    }

    /// <summary>The named sub-maps of a map: its keys are the user's names.</summary>
    public IEnumerable<(string Name, YamlMap Map)> NamedMaps(string key)
    {
        var map = Map(key);
        return map is null ? [] : map.Keys.Select(name => (name, map.RequiredMap(name)));
    }

    /// <summary>Refuses a field that Dapr knows and this sidecar does not have.</summary>
    public void Unsupported(string key, string remedy)
    {
        if (Has(key))
        {
            throw Error(key, "is not supported by the embedded sidecar", remedy);
        }
    }

    /// <summary>Refuses fields that were not asked for.</summary>
    public void Finish()
    {
        if (Keys.FirstOrDefault(k => !_known.Contains(k)) is { } unknown)
        {
            throw Error(
                unknown,
                "is unknown or not supported",
                $"Remove it, or use one of: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
        }
    }

    private static bool IsNumberOrBoolean(string text) =>
        text is "true" or "false" or "True" or "False" or "TRUE" or "FALSE"
        || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static string KeyText(YamlNode key) => (key as YamlScalarNode)?.Value ?? key.ToString();

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return _fields.TryGetValue(key, out var value) && !IsNull(value) ? value : null;
    }

    private static bool IsNull(YamlNode value) =>
        value is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private YamlScalarNode? Scalar(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode scalar => scalar,
        _ => throw Error(key, "is a list or a map, not a single value", $"Write it as '{key}: value'."),
    };

    private IEnumerable<YamlNode> Items(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => list,
        _ => throw Error(key, "is not a list", "Write its items one per line, each after '- '."),
    };
}
