using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sidecar.PubSub.Envelopes;

/// <summary>
/// JSON strings as Go's encoding/json writes them, because subscribers compare envelopes and golden recordings byte
/// for byte: quote, backslash, control characters, &lt; &gt; &amp; and U+2028/2029 are escaped, everything else
/// stays UTF-8.
/// </summary>
internal static class GoStrings
{
    // What a raw JSON string may hold that Go would write differently. 0xE2 begins U+2028 and U+2029.
    private static readonly SearchValues<byte> Suspect =
        SearchValues.Create([(byte)'\\', (byte)'<', (byte)'>', (byte)'&', 0xE2]);

    private static readonly SearchValues<byte> SuspectInText = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static i => (byte)i), (byte)'"', (byte)'\\', (byte)'<', (byte)'>',
            (byte)'&', 0xE2]);

    /// <summary>Writes text with its quotes. Bytes that are not UTF-8 become U+FFFD.</summary>
    public static void WriteText(PooledBuffer to, ReadOnlySpan<byte> utf8)
    {
        to.Add((byte)'"');
        if (utf8.ContainsAny(SuspectInText) || !System.Text.Unicode.Utf8.IsValid(utf8))
        {
            while (utf8.Length > 0)
            {
                Rune.DecodeFromUtf8(utf8, out var rune, out var length); // U+FFFD for what is invalid
                WriteRune(to, rune);
                utf8 = utf8[length..];
            }
        }
        else
        {
            to.Add(utf8);
        }
        to.Add((byte)'"');
    }

    /// <summary>Writes text with its quotes.</summary>
    public static void WriteText(PooledBuffer to, string text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        WriteText(to, bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>
    /// Writes a string of a JSON document again: <paramref name="inner"/> is what stands between its quotes.
    /// </summary>
    public static void WriteJson(PooledBuffer to, ReadOnlySpan<byte> inner)
    {
        to.Add((byte)'"');
        if (inner.ContainsAny(Suspect))
        {
            Rewrite(to, inner);
        }
        else
        {
            to.Add(inner);
        }
        to.Add((byte)'"');
    }

    /// <summary>
    /// The text of a JSON string, given what stands between its quotes. Half a surrogate pair is U+FFFD, as in Go;
    /// .NET's own reader throws there.
    /// </summary>
    public static byte[] Unescape(ReadOnlySpan<byte> inner)
    {
        // An escape is never shorter than what it stands for; a byte that is not UTF-8 becomes three.
        using var text = new PooledBuffer(inner.Length * 3);
        while (inner.Length > 0)
        {
            var rune = ReadRune(inner, out var length);
            text.Advance(rune.EncodeToUtf8(text.GetSpan(4)));
            inner = inner[length..];
        }
        return text.Written.ToArray();
    }

    private static void Rewrite(PooledBuffer to, ReadOnlySpan<byte> inner)
    {
        while (inner.Length > 0)
        {
            WriteRune(to, ReadRune(inner, out var length));
            inner = inner[length..];
        }
    }

    private static Rune ReadRune(ReadOnlySpan<byte> inner, out int length)
    {
        if (inner[0] != '\\')
        {
            Rune.DecodeFromUtf8(inner, out var rune, out length);
            return rune;
        }
        if (inner[1] == 'u')
        {
            return ReadEscapedRune(inner, out length);
        }
        length = 2;
        return new Rune(inner[1] switch
        {
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            var same => (char)same,
        });
    }

    // \uXXXX, or a surrogate pair of two; half a pair is U+FFFD.
    private static Rune ReadEscapedRune(ReadOnlySpan<byte> escaped, out int length)
    {
        const int One = 6;
        var first = (char)int.Parse(escaped[2..One], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        length = One;
        if (Rune.TryCreate(first, out var rune))
        {
            return rune;
        }
        if (char.IsHighSurrogate(first) && escaped.Length >= 2 * One && escaped[One] == '\\' && escaped[One + 1] == 'u')
        {
            var second =
                (char)int.Parse(escaped.Slice(One + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (Rune.TryCreate(first, second, out rune))
            {
                length = 2 * One;
                return rune;
            }
        }
        return Rune.ReplacementChar;
    }

    private static void WriteRune(PooledBuffer to, Rune rune)
    {
        switch (rune.Value)
        {
            case '"': to.Add("\\\""u8); break;
            case '\\': to.Add("\\\\"u8); break;
            case '\b': to.Add("\\b"u8); break;
            case '\f': to.Add("\\f"u8); break;
            case '\n': to.Add("\\n"u8); break;
            case '\r': to.Add("\\r"u8); break;
            case '\t': to.Add("\\t"u8); break;
            case < 0x20 or '<' or '>' or '&' or 0x2028 or 0x2029:
                to.Add(Encoding.ASCII.GetBytes($"\\u{rune.Value:x4}"));
                break;
            default:
                to.Advance(rune.EncodeToUtf8(to.GetSpan(4)));
                break;
        }
    }
}
