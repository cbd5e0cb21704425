using System.Text.RegularExpressions;

namespace Sidecar.Resiliency;

/// <summary>Recursive descent over the grammar of <see cref="TripExpression"/>, loosest operator first.</summary>
internal sealed partial class TripParser
{
    private static readonly Dictionary<string, Func<BreakerCounts, long>> Variables = new(StringComparer.Ordinal)
    {
        ["requests"] = c => c.Requests,
        ["totalSuccesses"] = c => c.TotalSuccesses,
        ["totalFailures"] = c => c.TotalFailures,
        ["consecutiveSuccesses"] = c => c.ConsecutiveSuccesses,
        ["consecutiveFailures"] = c => c.ConsecutiveFailures,
    };

    private readonly List<string> _tokens;
    private int _next;

    private TripParser(List<string> tokens) => _tokens = tokens;

    /// <summary>A number or a truth value: exactly one of the two is set.</summary>
    private readonly record struct Term(Func<BreakerCounts, long>? Number, Func<BreakerCounts, bool>? Truth);

    /// <exception cref="FormatException">Not a condition; the message says why.</exception>
    public static Func<BreakerCounts, bool> Parse(string text)
    {
        var tokens = Token().Matches(text).Select(m => m.Value.Trim()).Where(t => t.Length > 0).ToList();
        var parser = new TripParser(tokens);
        var condition = Truth(parser.Or());
        return parser._next == tokens.Count
            ? condition
            : throw new FormatException($"'{tokens[parser._next]}' is not expected there");
    }

    [GeneratedRegex(@"\d+|\w+|&&|\|\||[<>=!]=|\S")]
    private static partial Regex Token();

    private static Func<BreakerCounts, bool> Truth(Term term) =>
        term.Truth ?? throw new FormatException("it is a number, not a comparison");

    private static Func<BreakerCounts, long> Number(Term term) =>
        term.Number ?? throw new FormatException("a number is needed beside an operator");

    private static Term Of(Func<BreakerCounts, long> number) => new(number, null);

    private static Term Of(Func<BreakerCounts, bool> truth) => new(null, truth);

    private Term Or()
    {
        var left = And();
        while (Take("||"))
        {
            var (a, b) = (Truth(left), Truth(And()));
            left = Of(c => a(c) || b(c));
        }

        return left;
    }

    private Term And()
    {
        var left = Comparison();
        while (Take("&&"))
        {
            var (a, b) = (Truth(left), Truth(Comparison()));
            left = Of(c => a(c) && b(c));
        }

        return left;
    }

    private Term Comparison()
    {
        var left = Sum();
        if (Peek() is not ("<" or "<=" or ">" or ">=" or "==" or "!="))
        {
            return left;
        }

        var symbol = _tokens[_next++];
        var (a, b) = (Number(left), Number(Sum()));
        return symbol switch
        {
            "<" => Of(c => a(c) < b(c)),
            "<=" => Of(c => a(c) <= b(c)),
            ">" => Of(c => a(c) > b(c)),
            ">=" => Of(c => a(c) >= b(c)),
            "==" => Of(c => a(c) == b(c)),
            _ => Of(c => a(c) != b(c)),
        };
    }

    private Term Sum()
    {
        var left = Product();
        while (Peek() is "+" or "-")
        {
            var plus = _tokens[_next++] == "+";
            var (a, b) = (Number(left), Number(Product()));
            left = plus ? Of(c => checked(a(c) + b(c))) : Of(c => checked(a(c) - b(c)));
        }

        return left;
    }

    private Term Product()
    {
        var left = Unary();
        while (Peek() is "*" or "/" or "%")
        {
            var symbol = _tokens[_next++];
            var (a, b) = (Number(left), Number(Unary()));
            left = symbol switch
            {
                "*" => Of(c => checked(a(c) * b(c))),
                "/" => Of(c => a(c) / b(c)),
                _ => Of(c => a(c) % b(c)),
            };
        }

        return left;
    }

    private Term Unary()
    {
        if (Take("!"))
        {
            var truth = Truth(Unary());
            return Of(c => !truth(c));
        }

        if (Take("-"))
        {
            var number = Number(Unary());
            return Of(c => -number(c));
        }

        if (Take("("))
        {
            var inner = Or();
            return Take(")") ? inner : throw new FormatException("a ')' is missing");
        }

        var token = Peek() ?? throw new FormatException("it ends too early");
        _next++;
        if (long.TryParse(token, out var literal))
        {
            return Of(_ => literal);
        }

        return token switch
        {
            "true" => Of(_ => true),
            "false" => Of(_ => false),
            _ when Variables.TryGetValue(token, out var variable) => Of(variable),
            _ => throw new FormatException($"'{token}' is unknown (known: {string.Join(", ", Variables.Keys)})"),
        };
    }

    private string? Peek() => _next < _tokens.Count ? _tokens[_next] : null;

    private bool Take(string token)
    {
        if (Peek() != token)
        {
            return false;
        }

        _next++;
        return true;
    }
}
