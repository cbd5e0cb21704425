namespace Tests.Contract.Recorded;

/// <summary>A way in which the embedded sidecar is not as daprd, on purpose. A star stands for any text.</summary>
/// <param name="Recording">Recordings that show it.</param>
/// <param name="Kind">Kinds of component that show it.</param>
/// <param name="Entry">Entries that show it.</param>
/// <param name="Field">What differs.</param>
/// <param name="Reason">Why.</param>
public sealed record ListedDifference(string Recording, string Kind, string Entry, string Field, string Reason)
{
    /// <summary>What was recorded.</summary>
    public string Recorded { get; init; } = "*";

    /// <summary>What is found instead.</summary>
    public string Found { get; init; } = "*";

    /// <summary>The listed difference that a deviation is, or null.</summary>
    public static ListedDifference? Find(string recording, string kind, string entry, Deviation deviation) =>
        Differences.All.FirstOrDefault(
            d => d.IsAt(recording, kind, entry) && Fits(d.Field, deviation.Field) && Fits(d.Recorded, deviation.Recorded)
                && Fits(d.Found, deviation.Found));

    /// <summary>True if the deviation is this one.</summary>
    public bool Covers(string recording, string kind, string entry, Deviation deviation) =>
        ReferenceEquals(Find(recording, kind, entry, deviation), this);

    /// <summary>True where a replay may show it.</summary>
    public bool IsIn(string recording, string kind) => Fits(Recording, recording) && Fits(Kind, kind);

    private bool IsAt(string recording, string kind, string entry) => IsIn(recording, kind) && Fits(Entry, entry);

    private static bool Fits(string pattern, string text)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return pattern == text;
        }
        if (!text.StartsWith(parts[0], StringComparison.Ordinal) || !text.EndsWith(parts[^1], StringComparison.Ordinal))
        {
            return false;
        }
        var position = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            var found = text.IndexOf(part, position, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }
            position = found + part.Length;
        }
        return position <= text.Length - parts[^1].Length;
    }
}
