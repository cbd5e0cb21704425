using System.Globalization;

namespace Sidecar.Resources.Yaml;

/// <summary>
/// Durations as Go writes them (<c>500ms</c>, <c>1m30s</c>, <c>1.5h</c>); a bare number is milliseconds, as in Dapr's
/// resiliency files.
/// </summary>
internal static class GoDuration
{
    private const string Remedy = "Write a duration such as 500ms, 5s or 1m30s, of at most 49 days.";

    // The longest that a timer of .NET can wait.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    // Longer units first, so that "ms" is not read as minutes.
    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("ns", 0.01), ("us", 10), ("µs", 10), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads an optional duration field; negative ones are refused.</summary>
    public static TimeSpan? Read(YamlMap map, string key)
    {
        var text = map.AnyScalar(key);
        if (text is null)
        {
            return null;
        }

        return TryParse(text, out var value) ? value : throw map.Error(key, $"'{text}' is not a duration", Remedy);
    }

    /// <summary>As Go prints it: <c>500ms</c>, <c>1.5s</c>, <c>1m0s</c>, <c>1h0m5s</c>.</summary>
    public static string Write(TimeSpan value)
    {
        if (value > TimeSpan.Zero && value < TimeSpan.FromSeconds(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0.######}ms");
        }

        var seconds = (decimal)(value.Ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond;
        var minutes = (long)value.TotalMinutes;
        var hours = minutes >= 60 ? $"{minutes / 60}h" : string.Empty;
        var rest = minutes > 0 ? $"{minutes % 60}m" : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"{hours}{rest}{seconds:0.#######}s");
    }

    /// <summary>Parses; false for anything that is not a duration of zero or more.</summary>
    public static bool TryParse(string text, out TimeSpan value) => TryParse(text, Longest, out value);

    /// <summary>Parses; false for anything that is not a duration from zero to <paramref name="longest"/>.</summary>
    public static bool TryParse(string text, TimeSpan longest, out TimeSpan value)
    {
        value = default;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            value = TimeSpan.FromMilliseconds(milliseconds);
            return true;
        }

        double ticks = 0;
        var rest = text.AsSpan();
        if (rest.IsEmpty)
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            var length = rest.IndexOfAnyExcept("0123456789.");
            const NumberStyles Decimal = NumberStyles.AllowDecimalPoint;
            if (length <= 0 || !double.TryParse(rest[..length], Decimal, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[length..];
            var unitLength = rest.IndexOfAny("0123456789.");
            var unitText = (unitLength < 0 ? rest : rest[..unitLength]).ToString();
            var unit = Array.Find(Units, u => u.Unit == unitText);
            if (unit.Unit is null)
            {
                return false;
            }

            ticks += number * unit.Ticks;
            rest = rest[unitText.Length..];
        }

        if (ticks > longest.Ticks)
        {
            return false;
        }

        value = TimeSpan.FromTicks((long)Math.Round(ticks));
        return true;
    }
}
