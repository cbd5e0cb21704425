using System.Globalization;

namespace Sidecar.Components.BindingsCron;

/// <summary>One field of a cron expression: the values that match, as bits.</summary>
/// <param name="Bits">Bit n is set where n matches.</param>
/// <param name="IsStar">
/// True where the field does not restrict anything (<c>*</c>, <c>?</c>, <c>*/1</c>). Of day-of-month and day-of-week both must match where
/// one is a star, else either: the rule of cron since 1975.
/// </param>
internal readonly record struct CronField(ulong Bits, bool IsStar)
{
    private static readonly string[] MonthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>The fields in the order of an expression with six.</summary>
    public static IReadOnlyList<FieldRange> Ranges { get; } =
    [
        new("second", 0, 59, []), new("minute", 0, 59, []), new("hour", 0, 23, []),
        new("day of month", 1, 31, []), new("month", 1, 12, MonthNames), new("day of week", 0, 6, DayNames),
    ];

    public bool Matches(int value) => (Bits & (1UL << value)) != 0;

    /// <summary>Reads a comma-separated list of <c>n</c>, <c>n-m</c>, <c>*</c>, each with or without <c>/step</c>.</summary>
    /// <exception cref="FormatException">It cannot be read; the message says which part, and why.</exception>
    public static CronField Parse(string text, FieldRange range)
    {
        var field = default(CronField);
        // Empty parts are no mistake to Dapr's parser.
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var more = ParsePart(part, range);
            field = new CronField(field.Bits | more.Bits, field.IsStar || more.IsStar);
        }
        return field.Bits != 0 ? field : throw new FormatException($"the {range.Name} '{text}' names no value");
    }

    private static CronField ParsePart(string part, FieldRange range)
    {
        var slashes = part.Split('/');
        var hyphens = slashes[0].Split('-');
        if (slashes.Length > 2 || hyphens.Length > 2)
        {
            throw Wrong(part, range, "has too many " + (slashes.Length > 2 ? "slashes" : "hyphens"));
        }
        var isStar = hyphens[0] is "*" or "?";
        var first = isStar ? range.Min : Value(hyphens[0], part, range);
        // "n/step" goes on to the end of the range.
        var last = isStar || (hyphens.Length == 1 && slashes.Length == 2) ? range.Max : Value(hyphens[^1], part, range);
        var step = slashes.Length == 2 ? Number(slashes[1], part, range) : 1;
        if (first < range.Min || last > range.Max)
        {
            throw Wrong(part, range, $"is not within {range.Min} to {range.Max}");
        }
        if (first > last)
        {
            throw Wrong(part, range, "ends before it begins");
        }
        if (step == 0)
        {
            throw Wrong(part, range, "has a step of 0");
        }
        var bits = 0UL;
        for (long value = first; value <= last; value += step)
        {
            bits |= 1UL << (int)value;
        }
        return new CronField(bits, isStar && step == 1);
    }

    private static int Value(string text, string part, FieldRange range)
    {
        var name = Array.FindIndex(range.Names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name >= 0 ? range.Min + name : Number(text, part, range);
    }

    private static int Number(string text, string part, FieldRange range) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong(part, range, $"has '{text}' where a number belongs");

    private static FormatException Wrong(string part, FieldRange range, string problem) => new($"the {range.Name} '{part}' {problem}");
}

/// <summary>What a field may hold.</summary>
/// <param name="Name">For error messages.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Names">Names of the values from <paramref name="Min"/> on; empty where they have none.</param>
internal sealed record FieldRange(string Name, int Min, int Max, string[] Names);
