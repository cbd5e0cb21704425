using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sidecar.PubSub.Cel;

/// <summary>The functions of this subset. Source: CEL language definition, "List of Standard Definitions".</summary>
internal static class CelFunctions
{
    /// <summary>
    /// A function by name and number of arguments (a method's target counts as the first); null where there is
    /// none.
    /// </summary>
    public static Func<CelValue, CelValue, CelValue>? Find(string name, int arguments) => (name, arguments) switch
    {
        ("size", 1) => static (a, _) => Size(a),
        ("startsWith", 2) => static (a, b) =>
            OnTexts("startsWith", a, b, static (x, y) => x.StartsWith(y, StringComparison.Ordinal)),
        ("endsWith", 2) => static (a, b) =>
            OnTexts("endsWith", a, b, static (x, y) => x.EndsWith(y, StringComparison.Ordinal)),
        ("contains", 2) => static (a, b) =>
            OnTexts("contains", a, b, static (x, y) => x.Contains(y, StringComparison.Ordinal)),
        ("matches", 2) => static (a, b) => OnTexts("matches", a, b, Matches),
        _ => null,
    };

    /// <summary>A pattern compiled as CEL means it: RE2, which knows no backtracking.</summary>
    /// <exception cref="ArgumentException">Not a pattern.</exception>
    public static Regex Compile(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static bool Matches(string text, string pattern) => Compile(pattern).IsMatch(text);

    private static CelValue OnTexts(string name, CelValue a, CelValue b, Func<string, string, bool> function)
    {
        if (a.Kind != CelKind.String || b.Kind != CelKind.String)
        {
            return CelValue.Error($"no such overload: {a.Kind}.{name}({b.Kind})");
        }
        try
        {
            return CelValue.Of(function(a.Text, b.Text));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return CelValue.Error(exception.Message); // a pattern that came from the event
        }
    }

    private static CelValue Size(CelValue value) => value.Kind switch
    {
        CelKind.String => CelValue.Of((long)value.Text.EnumerateRunes().Count()),
        CelKind.List => CelValue.Of((long)value.List.Count),
        CelKind.Json when value.Json.ValueKind == JsonValueKind.Array => CelValue.Of((long)value.Json.GetArrayLength()),
        CelKind.Json => CelValue.Of((long)value.Json.GetPropertyCount()),
        _ => CelValue.Error($"no such overload: size({value.Kind})"),
    };
}
