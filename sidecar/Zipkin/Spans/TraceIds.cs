using System.Buffers;

namespace Sidecar.Zipkin.Spans;

/// <summary>Identifiers as Zipkin takes them: lower-case hexadecimal, short ones filled with zeros from the left.</summary>
internal static class TraceIds
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Digits of a span id, and of a trace id of 64 bits.</summary>
    public const int Short = 16;

    /// <summary>Digits of a trace id of 128 bits.</summary>
    public const int Long = 32;

    /// <summary>16 digits, or 32 where the left half says something.</summary>
    /// <exception cref="SpanFormatException">It is no trace id.</exception>
    public static string Trace(string given)
    {
        Check("traceId", given, Long);
        var digits = given.PadLeft(given.Length > Short ? Long : Short, '0');
        return IsZero(digits) ? throw new SpanFormatException("traceId is all zeros")
            : digits.Length == Long && IsZero(digits.AsSpan(0, Short)) ? digits[Short..]
            : digits;
    }

    /// <summary>16 digits.</summary>
    /// <exception cref="SpanFormatException">It is no span id.</exception>
    public static string Span(string given)
    {
        Check("id", given, Short);
        return IsZero(given) ? throw new SpanFormatException("id is all zeros") : given.PadLeft(Short, '0');
    }

    /// <summary>16 digits, or null for zeros: some tracers say so that there is no parent.</summary>
    /// <exception cref="SpanFormatException">It is no span id.</exception>
    public static string? Parent(string given)
    {
        Check("parentId", given, Short);
        return IsZero(given) ? null : given.PadLeft(Short, '0');
    }

    private static void Check(string field, string given, int lengthMax)
    {
        if (given.Length == 0)
        {
            throw new SpanFormatException($"{field} is empty");
        }

        if (given.Length > lengthMax)
        {
            throw new SpanFormatException($"{field}.length > {lengthMax}");
        }

        if (given.AsSpan().ContainsAnyExcept(LowerHex))
        {
            throw new SpanFormatException($"{field} should be lower-hex encoded with no prefix");
        }
    }

    private static bool IsZero(ReadOnlySpan<char> digits) => !digits.ContainsAnyExcept('0');
}
