using System.Globalization;
using System.Text.Json;

namespace Sidecar.PubSub.Cel;

/// <summary>
/// What operators do with values. Numbers of both kinds compare by value, since all numbers of an event are
/// doubles.
/// </summary>
internal static class CelOperators
{
    /// <summary>An operator of two operands.</summary>
    public static CelValue Apply(string symbol, CelValue a, CelValue b) => symbol switch
    {
        "==" => CelValue.Of(AreEqual(a, b)),
        "!=" => CelValue.Of(!AreEqual(a, b)),
        "+" => Add(a, b),
        "in" => In(a, b),
        _ => Compare(symbol, a, b),
    };

    /// <summary>A field of an object or an element of a list; an error where it is not there.</summary>
    public static CelValue Select(CelValue target, CelValue key)
    {
        if (target.Kind == CelKind.Json && target.Json.ValueKind == JsonValueKind.Object && key.Kind == CelKind.String)
        {
            return target.Json.TryGetProperty(key.Text, out var value)
                ? CelValue.Of(value)
                : CelValue.Error($"no such key: {key.Text}");
        }
        if (key.IsNumber && Elements(target) is { } elements)
        {
            return key.Double >= 0 && key.Double < elements.Count && key.Double == Math.Floor(key.Double)
                ? elements[(int)key.Double]
                : CelValue.Error($"index out of bounds: {key.Double.ToString(CultureInfo.InvariantCulture)}");
        }
        return CelValue.Error($"no such overload: {target.Kind} has no fields");
    }

    /// <summary>Equality; values of different kinds are not equal.</summary>
    public static bool AreEqual(CelValue a, CelValue b)
    {
        if (a.IsNumber && b.IsNumber)
        {
            return a.Kind == CelKind.Int && b.Kind == CelKind.Int ? a.Int == b.Int : a.Double == b.Double;
        }
        if (Elements(a) is { } left && Elements(b) is { } right)
        {
            return left.Count == right.Count && left.Zip(right).All(static pair => AreEqual(pair.First, pair.Second));
        }
        return a.Kind == b.Kind && a.Kind switch
        {
            CelKind.Null => true,
            CelKind.Bool => a.Bool == b.Bool,
            CelKind.String => a.Text == b.Text,
            CelKind.Json => JsonElement.DeepEquals(a.Json, b.Json),
            _ => false,
        };
    }

    /// <summary>The elements of a list, written or of the event; null for anything else.</summary>
    public static IReadOnlyList<CelValue>? Elements(CelValue value) => value.Kind switch
    {
        CelKind.List => value.List,
        CelKind.Json when value.Json.ValueKind == JsonValueKind.Array =>
            [.. value.Json.EnumerateArray().Select(CelValue.Of)],
        _ => null,
    };

    private static CelValue Add(CelValue a, CelValue b)
    {
        if (a.Kind == CelKind.String && b.Kind == CelKind.String)
        {
            return CelValue.Of(a.Text + b.Text);
        }
        if (a.Kind == CelKind.Int && b.Kind == CelKind.Int)
        {
            var sum = unchecked(a.Int + b.Int);
            var overflows = (a.Int >= 0) == (b.Int >= 0) && (sum >= 0) != (a.Int >= 0);
            return overflows ? CelValue.Error("integer overflow") : CelValue.Of(sum);
        }
        if (a.Kind == CelKind.Double && b.Kind == CelKind.Double)
        {
            return CelValue.Of(a.Double + b.Double);
        }
        return Elements(a) is { } left && Elements(b) is { } right
            ? CelValue.Of([.. left, .. right])
            : CelValue.Error($"no such overload: {a.Kind} + {b.Kind}");
    }

    private static CelValue In(CelValue item, CelValue container)
    {
        if (Elements(container) is { } elements)
        {
            return CelValue.Of(elements.Any(element => AreEqual(item, element)));
        }
        return container.Kind == CelKind.Json && item.Kind == CelKind.String
            ? CelValue.Of(container.Json.TryGetProperty(item.Text, out _))
            : CelValue.Error($"no such overload: {item.Kind} in {container.Kind}");
    }

    private static CelValue Compare(string symbol, CelValue a, CelValue b)
    {
        int order;
        if (a.Kind == CelKind.Int && b.Kind == CelKind.Int)
        {
            order = a.Int.CompareTo(b.Int);
        }
        else if (a.IsNumber && b.IsNumber)
        {
            if (double.IsNaN(a.Double) || double.IsNaN(b.Double))
            {
                return CelValue.Of(false);
            }
            order = a.Double.CompareTo(b.Double);
        }
        else if (a.Kind == CelKind.String && b.Kind == CelKind.String)
        {
            order = string.CompareOrdinal(a.Text, b.Text);
        }
        else if (a.Kind == CelKind.Bool && b.Kind == CelKind.Bool)
        {
            order = a.Bool.CompareTo(b.Bool);
        }
        else
        {
            return CelValue.Error($"no such overload: {a.Kind} {symbol} {b.Kind}");
        }
        return CelValue.Of(symbol switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        });
    }
}
