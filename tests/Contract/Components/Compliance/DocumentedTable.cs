namespace Tests.Contract.Components.Compliance;

/// <summary>The table of differences in docs/swap-the-broker.md.</summary>
internal static class DocumentedTable
{
    private const string FirstHeading = "| measured |";

    /// <summary>What the page says of a broker.</summary>
    public static string Cell(string row, string column)
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "swap-the-broker.md"))
            .SkipWhile(line => !line.StartsWith(FirstHeading, StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]).ToList();
        lines.ShouldNotBeEmpty($"the page has no table that begins with '{FirstHeading}'");
        var index = Array.IndexOf(lines[0], column);
        var found = lines.Where(cells => cells[0] == row).ToList();
        (index > 0 && found.Count == 1).ShouldBeTrue($"the page's table has no cell for '{row}' and '{column}'");
        return found[0][index];
    }

    /// <summary>The first words of all rows.</summary>
    public static IEnumerable<string> Rows() => File.ReadAllLines(Path.Combine(Root(), "docs", "swap-the-broker.md"))
        .SkipWhile(line => !line.StartsWith(FirstHeading, StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|')).Skip(2)
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1]);

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "dapr.yaml")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }
        return directory;
    }
}
