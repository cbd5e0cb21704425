namespace Consistency.Auditing.Rules;

/// <summary>The arithmetic of a gapless series: 1, 2, 3, ... each once.</summary>
internal static class NumberSeries
{
    private const int ShownMax = 5;

    /// <summary>One finding per series that has a gap or gives a number to several orders.</summary>
    public static IEnumerable<Finding> Check(IEnumerable<(string Series, long Number)> numbers)
    {
        foreach (var series in numbers.GroupBy(n => n.Series, StringComparer.Ordinal))
        {
            var used = series.Select(n => n.Number).Order().ToList();
            var twice = used.Where((number, i) => i > 0 && used[i - 1] == number).Distinct().ToList();
            if (twice.Count > 0)
            {
                yield return new Finding(series.Key, $"each number is given out once, but twice: {Shown(twice)}");
            }

            var distinct = used.Distinct().ToList();
            if (distinct[0] != 1 || distinct[^1] != distinct.Count)
            {
                yield return new Finding(
                    series.Key, $"expected 1 to {distinct.Count} without gaps, found {distinct[0]} to {distinct[^1]}; {Gaps(distinct)}");
            }
        }
    }

    // Walks the numbers rather than the range: a broken series may hold a number of any size.
    private static string Gaps(List<long> distinct)
    {
        var missing = new List<long>();
        long expected = 1;
        foreach (var number in distinct)
        {
            for (; expected < number && missing.Count < ShownMax; expected++)
            {
                missing.Add(expected);
            }

            expected = number + 1;
        }

        return missing.Count == 0 ? "numbers below 1 are not valid" : $"missing from {Shown(missing)}";
    }

    private static string Shown(List<long> numbers) =>
        string.Join(", ", numbers.Take(ShownMax)) + (numbers.Count > ShownMax ? ", ..." : "");
}
