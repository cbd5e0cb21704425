using System.Globalization;

namespace OpenTelemetry.Exporter.Serialization;

/// <summary>Numbers as scrapers read them.</summary>
internal static class Numbers
{
    /// <summary>The shortest text that is read as the same number.</summary>
    public static string Of(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>An integer.</summary>
    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// A bucket's bound. In OpenMetrics it shows that it is a float (specification, "Canonical Numbers"), so that <c>5</c> and <c>5.0</c> never
    /// name two buckets.
    /// </summary>
    public static string Bound(double value, bool isOpenMetrics)
    {
        var text = Of(value);
        if (!isOpenMetrics || !double.IsFinite(value))
        {
            return text;
        }

        var size = Math.Abs(value);
        return size is 0 or (>= 1e-4 and < 1e6) ? text.AsSpan().IndexOfAny(".E") < 0 ? text + ".0" : Plain(value, text)
            : value.ToString("0.################e+00", CultureInfo.InvariantCulture);
    }

    // .NET changes to exponents earlier than Go does.
    private static string Plain(double value, string text) =>
        text.Contains('E', StringComparison.Ordinal) ? value.ToString("0.####################", CultureInfo.InvariantCulture) : text;
}
