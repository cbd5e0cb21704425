using System.Globalization;

namespace Consistency.Feeds;

/// <summary>A place in a feed: opaque to followers, <c>{generation}.{sequence}</c> to its owner. Empty is the beginning.</summary>
/// <param name="Generation">Newest generation of the owner's database when the place was read; empty at the beginning.</param>
/// <param name="Sequence">Everything up to here was read.</param>
public readonly record struct FeedCursor(string Generation, long Sequence)
{
    /// <summary>Before everything.</summary>
    public static FeedCursor Start { get; } = new("", 0);

    /// <summary>Reads the text form; false for what is none.</summary>
    public static bool TryParse(string? text, out FeedCursor cursor)
    {
        cursor = Start;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        var dot = text.LastIndexOf('.');
        if (dot <= 0 || !long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        cursor = new FeedCursor(text[..dot], sequence);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Generation.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Generation}.{Sequence}");
}
