namespace Contracts;

/// <summary>Collects what is wrong with a request, by field, in sentences that name value and remedy.</summary>
public sealed class FieldErrors
{
    private const int ErrorsMax = 20;
    private const int ShownCharsMax = 40;
    private readonly Dictionary<string, List<string>> byField = new(StringComparer.Ordinal);

    /// <summary>Adds a sentence; past 20 fields it is left out, so that an answer stays readable.</summary>
    public void Add(string field, string sentence)
    {
        if (byField.TryGetValue(field, out var sentences))
        {
            sentences.Add(sentence);
        }
        else if (byField.Count < ErrorsMax)
        {
            byField[field] = [sentence];
        }
    }

    /// <summary>An id: 1 to 64 letters, digits, '-', '_', '.' or ':'.</summary>
    public void CheckId(string field, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            Add(field, "A value is required.");
        }
        else if (value.Length > RequestLimits.IdCharsMax)
        {
            Add(field, $"{value.Length} characters are more than the {RequestLimits.IdCharsMax} allowed.");
        }
        else if (!IsId(value))
        {
            Add(field, $"'{Shorten(value)}' may hold only letters, digits, '-', '_', '.' and ':'.");
        }
    }

    /// <summary>True for what <see cref="CheckId"/> finds nothing wrong with.</summary>
    public static bool IsId(string value) =>
        value.Length is > 0 and <= RequestLimits.IdCharsMax && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');

    /// <summary>Text for people: 1 to 200 characters, no control characters.</summary>
    public void CheckText(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Add(field, "A value is required.");
        }
        else if (value.Length > RequestLimits.TextCharsMax)
        {
            Add(field, $"{value.Length} characters are more than the {RequestLimits.TextCharsMax} allowed.");
        }
        else if (value.Any(char.IsControl))
        {
            Add(field, "Control characters are not allowed.");
        }
    }

    /// <summary>A whole number within bounds.</summary>
    public void CheckRange(string field, long? value, long min, long max)
    {
        if (value is null)
        {
            Add(field, $"A value is required: a whole number from {min} to {max}.");
        }
        else if (value < min || value > max)
        {
            Add(field, $"{value} is not within {min} to {max}.");
        }
    }


    /// <summary>A page size within 1 to <see cref="RequestLimits.PageSizeMax"/>, or none.</summary>
    public void CheckPageSize(int? limit)
    {
        if (limit is not null)
        {
            CheckRange("limit", limit, 1, RequestLimits.PageSizeMax);
        }
    }

    /// <summary>The sentences by field, as problem details carry them.</summary>
    public Dictionary<string, string[]> ToDictionary() => byField.ToDictionary(e => e.Key, e => e.Value.ToArray(), StringComparer.Ordinal);

    /// <summary>A client's value, short enough to show.</summary>
    public static string Shorten(string value) => value.Length <= ShownCharsMax ? value : value[..ShownCharsMax] + "...";
}
