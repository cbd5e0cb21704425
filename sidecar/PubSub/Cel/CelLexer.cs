using System.Globalization;
using System.Text;

namespace Sidecar.PubSub.Cel;

/// <summary>Cuts an expression into tokens. Source: CEL language definition, "Lexis".</summary>
internal static class CelLexer
{
    private static readonly string[] Symbols =
        ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "?", ":", "+", "-", ".", ",", "(", ")", "[", "]"];

    /// <summary>All tokens, an <see cref="CelTokenKind.End"/> last.</summary>
    /// <exception cref="CelSyntaxException">A character or literal that CEL does not have.</exception>
    public static List<CelToken> Read(string text)
    {
        var tokens = new List<CelToken>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
            if (at == text.Length)
            {
                tokens.Add(new(CelTokenKind.End, "", at));
                return tokens;
            }
            tokens.Add(Next(text, ref at));
        }
    }

    private static CelToken Next(string text, ref int at)
    {
        var start = at;
        var c = text[at];
        if (c is '"' or '\'')
        {
            return new(CelTokenKind.String, ReadString(text, ref at, raw: false), start);
        }
        if (c is 'r' or 'R' && at + 1 < text.Length && text[at + 1] is '"' or '\'')
        {
            at++;
            return new(CelTokenKind.String, ReadString(text, ref at, raw: true), start);
        }
        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            {
                at++;
            }
            return new(CelTokenKind.Name, text[start..at], start);
        }
        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            return ReadNumber(text, ref at);
        }
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, at, symbol, 0, symbol.Length) == 0)
            {
                at += symbol.Length;
                return new(CelTokenKind.Symbol, symbol, start);
            }
        }
        throw new CelSyntaxException($"unexpected '{c}'", at);
    }

    private static CelToken ReadNumber(string text, ref int at)
    {
        var start = at;
        var isDouble = false;
        while (at < text.Length)
        {
            var c = text[at];
            if (c is '.' or 'e' or 'E')
            {
                isDouble = true;
                if (c != '.' && at + 1 < text.Length && text[at + 1] is '+' or '-')
                {
                    at++;
                }
            }
            else if (!char.IsAsciiDigit(c))
            {
                break;
            }
            at++;
        }
        var literal = text[start..at];
        var valid = isDouble
            ? double.TryParse(literal, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            : long.TryParse(literal, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return valid
            ? new(isDouble ? CelTokenKind.Double : CelTokenKind.Int, literal, start)
            : throw new CelSyntaxException($"'{literal}' is not a number", start);
    }

    private static string ReadString(string text, ref int at, bool raw)
    {
        var start = at;
        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] == '\\' && !raw)
            {
                ReadEscape(text, ref at, value);
            }
            else
            {
                value.Append(text[at++]);
            }
        }
        if (at == text.Length)
        {
            throw new CelSyntaxException("a string that does not end begins", start);
        }
        at++;
        return value.ToString();
    }

    private static void ReadEscape(string text, ref int at, StringBuilder value)
    {
        var start = at++;
        var c = at < text.Length ? text[at++] : '\0';
        switch (c)
        {
            case 'a': value.Append('\a'); break;
            case 'b': value.Append('\b'); break;
            case 'f': value.Append('\f'); break;
            case 'n': value.Append('\n'); break;
            case 'r': value.Append('\r'); break;
            case 't': value.Append('\t'); break;
            case 'v': value.Append('\v'); break;
            case '\\' or '\'' or '"' or '`' or '?': value.Append(c); break;
            case 'x' or 'X': AppendHex(text, ref at, 2, start, value); break;
            case 'u': AppendHex(text, ref at, 4, start, value); break;
            case 'U': AppendHex(text, ref at, 8, start, value); break;
            default: throw new CelSyntaxException("unknown escape", start);
        }
    }

    private static void AppendHex(string text, ref int at, int digits, int start, StringBuilder value)
    {
        if (at + digits > text.Length
            || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out var code)
            || !Rune.IsValid(code))
        {
            throw new CelSyntaxException("malformed escape", start);
        }
        value.Append(new Rune(code).ToString());
        at += digits;
    }
}
