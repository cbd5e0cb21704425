using System.Text;

namespace Cli.Fuzz;

/// <summary>Makes wrong JSON of right JSON, by its tokens: types, sizes, depth, encodings, places.</summary>
internal static class JsonMutation
{
    private const int DepthMax = 5_000;
    private const int LengthMax = 100_000;

    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "1e400", "-1e-400", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1.5", "99999999999999999999999999",
        "00", "+1", "NaN", "Infinity", "0x10", "\"\"", "\"a\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\uZZZZ\"", "\"\ufeff\"",
        "\"../../etc\"", "\"'; DROP TABLE orders;--\"", "\"${7*7}\"", "[]", "{}", "[[]]", "{\"a\":{}}", "[null]", "{\"\":1}", "\"2026-99-99T99:99:99Z\"", "'x'", "undefined", "",
    ];

    /// <summary>A wrong body.</summary>
    public static byte[] Of(byte[] json, Random random)
    {
        var bytes = json;
        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            bytes = Once(bytes, random);
        }

        return bytes;
    }

    /// <summary>The beginning of a body: JSON that never ends.</summary>
    public static byte[] Truncated(byte[] json, Random random) => json[..random.Next(0, Math.Max(1, json.Length - 1))];

    private static byte[] Once(byte[] json, Random random) => random.Next(12) switch
    {
        0 => Truncated(json, random),
        1 => Flipped(json, random),
        2 => [.. json, .. json],
        3 => Encoding.UTF8.GetBytes(new string(random.Next(2) == 0 ? '[' : '{', random.Next(1, DepthMax))),
        4 => Encoding.UTF8.GetBytes(Nested(random.Next(1, DepthMax))),
        5 => Encoding.UTF8.GetBytes($"{{\"{new string('a', random.Next(LengthMax))}\":\"{new string('b', random.Next(LengthMax))}\"}}"),
        6 => [.. json, 0xff, 0xfe, 0xc0, 0x80],
        7 => Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]),
        8 => Inserted(json, [0xed, 0xa0, 0x80], random),
        _ => Replaced(json, random),
    };

    private static string Nested(int depth) => $"{string.Concat(Enumerable.Repeat("{\"a\":", depth))}1{new string('}', depth)}";

    private static byte[] Flipped(byte[] json, Random random)
    {
        var copy = json.ToArray();
        for (var times = Math.Min(copy.Length, 1 + random.Next(4)); times > 0; times--)
        {
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
        }

        return copy;
    }

    private static byte[] Inserted(byte[] json, byte[] what, Random random)
    {
        var at = random.Next(json.Length + 1);
        return [.. json[..at], .. what, .. json[at..]];
    }

    // A value, or a name, from one separator to the next.
    private static byte[] Replaced(byte[] json, Random random)
    {
        var cuts = json.Select((b, i) => (b, i)).Where(x => x.b is (byte)':' or (byte)',' or (byte)'{' or (byte)'[').Select(x => x.i + 1).ToList();
        if (cuts.Count == 0)
        {
            return Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]);
        }

        var from = cuts[random.Next(cuts.Count)];
        var to = Array.FindIndex(json, from, b => b is (byte)',' or (byte)'}' or (byte)']' or (byte)':');
        return [.. json[..from], .. Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]), .. json[(to < 0 ? json.Length : to)..]];
    }
}
