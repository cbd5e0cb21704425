using System.Globalization;

namespace Sidecar.PubSub.Envelopes;

/// <summary>A message's time to live. Source: Dapr docs, "Message Time-to-Live (TTL)".</summary>
internal static class TimeToLive
{
    // Go's longest duration (2^63 ns); daprd cuts longer ones to it.
    private static readonly TimeSpan Max = TimeSpan.FromTicks(long.MaxValue / 100);

    /// <summary>
    /// The value of <c>ttl</c> or <c>ttlInSeconds</c> (in any case): whole seconds above zero, or a duration such
    /// as <c>1m30s</c>. Null where there is none or where it is malformed, as daprd publishes such messages without
    /// time limit.
    /// </summary>
    public static TimeSpan? Read(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
        {
            return null;
        }
        var text = Find(metadata, "ttl") ?? Find(metadata, "ttlInSeconds");
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds <= 0 ? null : seconds >= Max.TotalSeconds ? Max : TimeSpan.FromSeconds(seconds);
        }
        return ReadDuration(text);
    }

    private static string? Find(IReadOnlyDictionary<string, string> metadata, string name)
    {
        foreach (var (key, value) in metadata)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }
        return null;
    }

    // Go's form: numbers with fractions, each with a unit. Negative durations count as zero.
    private static TimeSpan? ReadDuration(string text)
    {
        var rest = text.AsSpan();
        var negative = rest[0] == '-';
        rest = rest.TrimStart("+-");
        var total = 0.0;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                    out var number))
            {
                return null;
            }
            rest = rest[digits..];
            var end = rest.IndexOfAny("0123456789.");
            var unit = end < 0 ? rest : rest[..end];
            if (SecondsOf(unit) is not { } factor)
            {
                return null;
            }
            total += number * factor;
            rest = rest[unit.Length..];
        }
        return negative ? TimeSpan.Zero : total >= Max.TotalSeconds ? Max : TimeSpan.FromSeconds(total);
    }

    private static double? SecondsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 1e-3,
        "us" or "µs" or "μs" => 1e-6,
        "ns" => 1e-9,
        _ => null,
    };
}
