namespace Sidecar.Zipkin.Spans;

/// <summary>
/// Keeps one copy of the texts that most spans repeat (names, tag keys, routes). A table of fixed size: what is not in its place is replaced, so it
/// holds no more than <see cref="ZipkinLimits.SharedTexts"/>.
/// </summary>
internal sealed class SharedTexts
{
    private readonly string?[] _texts = new string?[ZipkinLimits.SharedTexts];

    public string Of(string text)
    {
        if (text.Length > ZipkinLimits.SharedTextMax)
        {
            return text;
        }

        // Readers on several threads may replace each other's entry: each gets an equal text all the same.
        ref var place = ref _texts[text.GetHashCode(StringComparison.Ordinal) & (ZipkinLimits.SharedTexts - 1)];
        var held = place;
        if (held == text)
        {
            return held;
        }

        place = text;
        return text;
    }
}
