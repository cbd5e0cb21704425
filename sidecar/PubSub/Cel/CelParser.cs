using System.Globalization;

namespace Sidecar.PubSub.Cel;

/// <summary>
/// Parses the subset of CEL that routing rules use: literals and lists, fields, indexes, <c>has()</c>, comparisons,
/// <c>in</c>, logic, <c>?:</c>, <c>+</c>, and the string functions. Source: CEL language definition, "Syntax".
/// </summary>
internal sealed class CelParser
{
    private const int DepthMax = 100;
    private static readonly string[] Relations = ["==", "!=", "<=", ">=", "<", ">"];

    private readonly List<CelToken> _tokens;
    private int _at;
    private int _depth;

    private CelParser(string text) => _tokens = CelLexer.Read(text);

    private CelToken Current => _tokens[_at];

    /// <summary>Parses a whole expression.</summary>
    /// <exception cref="CelSyntaxException">It is not CEL, or goes beyond this subset.</exception>
    public static CelNode Parse(string text)
    {
        var parser = new CelParser(text);
        var node = parser.Condition();
        return parser.Current.Kind == CelTokenKind.End ? node : throw parser.Unexpected("an operator or the end");
    }

    private CelNode Condition()
    {
        if (++_depth > DepthMax)
        {
            throw new CelSyntaxException($"more than {DepthMax} levels of nesting", Current.Position);
        }
        var node = Or();
        if (Take("?"))
        {
            var yes = Or();
            Expect(":");
            node = new ConditionNode(node, yes, Condition());
        }
        _depth--;
        return node;
    }

    private CelNode Or()
    {
        var node = And();
        while (Take("||"))
        {
            node = new LogicNode(decisive: true, node, And());
        }
        return node;
    }

    private CelNode And()
    {
        var node = Relation();
        while (Take("&&"))
        {
            node = new LogicNode(decisive: false, node, Relation());
        }
        return node;
    }

    private CelNode Relation()
    {
        var node = Sum();
        while (true)
        {
            if (Current is { Kind: CelTokenKind.Name, Text: "in" })
            {
                _at++;
                node = new BinaryNode("in", node, Sum());
            }
            else if (Current.Kind == CelTokenKind.Symbol && Relations.Contains(Current.Text, StringComparer.Ordinal))
            {
                node = new BinaryNode(_tokens[_at++].Text, node, Sum());
            }
            else
            {
                return node;
            }
        }
    }

    private CelNode Sum()
    {
        var node = Unary();
        while (Take("+"))
        {
            node = new BinaryNode("+", node, Unary());
        }
        return node;
    }

    private CelNode Unary()
    {
        if (Current.IsSymbol("!") || Current.IsSymbol("-"))
        {
            if (++_depth > DepthMax)
            {
                throw new CelSyntaxException($"more than {DepthMax} levels of nesting", Current.Position);
            }
            var node = new UnaryNode(_tokens[_at++].Text, Unary());
            _depth--;
            return node;
        }
        return Member();
    }

    private CelNode Member()
    {
        var node = Primary();
        while (true)
        {
            if (Take("."))
            {
                var name = Name();
                node = Current.IsSymbol("(")
                    ? Call(name, node)
                    : new SelectNode(node, new LiteralNode(CelValue.Of(name.Text)));
            }
            else if (Take("["))
            {
                node = new SelectNode(node, Condition());
                Expect("]");
            }
            else
            {
                return node;
            }
        }
    }

    private CelNode Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case CelTokenKind.Int:
                _at++;
                return new LiteralNode(CelValue.Of(long.Parse(token.Text, CultureInfo.InvariantCulture)));
            case CelTokenKind.Double:
                _at++;
                return new LiteralNode(CelValue.Of(double.Parse(token.Text, CultureInfo.InvariantCulture)));
            case CelTokenKind.String:
                _at++;
                return new LiteralNode(CelValue.Of(token.Text));
            case CelTokenKind.Name:
                _at++;
                return Word(token);
            case CelTokenKind.Symbol when Take("("):
                var inner = Condition();
                Expect(")");
                return inner;
            case CelTokenKind.Symbol when Take("["):
                return new ListNode(Arguments("]"));
            default:
                throw Unexpected("a value");
        }
    }

    private CelNode Word(CelToken word) => word.Text switch
    {
        "true" => new LiteralNode(CelValue.Of(true)),
        "false" => new LiteralNode(CelValue.Of(false)),
        "null" => new LiteralNode(CelValue.Null),
        "event" => new EventNode(),
        _ when Current.IsSymbol("(") => Call(word, null),
        _ => throw new CelSyntaxException($"unknown name '{word.Text}' (rules know only 'event')", word.Position),
    };

    private CelNode Call(CelToken name, CelNode? target)
    {
        Expect("(");
        var arguments = Arguments(")");
        if (name.Text == "has" && target is null)
        {
            return arguments is [SelectNode field]
                ? new HasNode(field)
                : throw new CelSyntaxException("has() needs a field, as in has(event.data.kind)", name.Position);
        }
        if (target is not null)
        {
            arguments.Insert(0, target);
        }
        // size() is a function and a method; the others are methods only.
        if ((target is null && name.Text != "size")
            || CelFunctions.Find(name.Text, arguments.Count) is not { } function)
        {
            throw new CelSyntaxException(
                $"no function '{name.Text}' with {arguments.Count - (target is null ? 0 : 1)} arguments "
                + "(there are size, startsWith, endsWith, contains, matches and has)", name.Position);
        }
        if (name.Text == "matches" && arguments[1] is LiteralNode { Value.Kind: CelKind.String } literal)
        {
            function = WithPattern(literal.Value.Text, name.Position);
        }
        return new CallNode(function, arguments[0], arguments.ElementAtOrDefault(1));
    }

    // A pattern that stands in the rule is compiled once, and checked at start.
    private static Func<CelValue, CelValue, CelValue> WithPattern(string pattern, int position)
    {
        try
        {
            var regex = CelFunctions.Compile(pattern);
            return (a, _) => a.Kind == CelKind.String
                ? CelValue.Of(regex.IsMatch(a.Text))
                : CelValue.Error($"no such overload: {a.Kind}.matches(String)");
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new CelSyntaxException($"'{pattern}' is not a pattern", position);
        }
    }

    private List<CelNode> Arguments(string end)
    {
        var arguments = new List<CelNode>();
        while (!Take(end))
        {
            if (arguments.Count > 0)
            {
                Expect(",");
            }
            arguments.Add(Condition());
        }
        return arguments;
    }

    private CelToken Name() => Current.Kind == CelTokenKind.Name ? _tokens[_at++] : throw Unexpected("a name");

    private bool Take(string symbol)
    {
        if (!Current.IsSymbol(symbol))
        {
            return false;
        }
        _at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    private CelSyntaxException Unexpected(string expected) =>
        new($"expected {expected} instead of {Current.Display}", Current.Position);
}
