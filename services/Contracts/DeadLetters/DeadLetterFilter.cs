namespace Contracts.DeadLetters;

/// <summary>Which dead letters are meant; what is null is not looked at.</summary>
/// <param name="Topic">The topic it was meant for.</param>
/// <param name="Type">CloudEvents type.</param>
/// <param name="Subject">Aggregate id.</param>
/// <param name="Reason">A part of the reason, in the same case.</param>
/// <param name="OlderThanSeconds">Kept at least so many seconds ago.</param>
public sealed record DeadLetterFilter(
    string? Topic = null, string? Type = null, string? Subject = null, string? Reason = null, long? OlderThanSeconds = null)
{
    /// <summary>Ten years: beyond all retention.</summary>
    public const long OlderThanSecondsMax = 10L * 365 * 24 * 3600;

    // Ids and reasons of foreign senders may be long; a filter need not be.
    private const int FilterCharsMax = 500;

    /// <summary>True where it leaves nothing out.</summary>
    public bool IsEmpty() => this == new DeadLetterFilter();

    /// <summary>Adds what is wrong with it, by field.</summary>
    public void Check(FieldErrors errors)
    {
        CheckLength(errors, "topic", Topic);
        CheckLength(errors, "type", Type);
        CheckLength(errors, "subject", Subject);
        CheckLength(errors, "reason", Reason);
        if (OlderThanSeconds is not null)
        {
            errors.CheckRange("olderThanSeconds", OlderThanSeconds, 0, OlderThanSecondsMax);
        }
    }

    private static void CheckLength(FieldErrors errors, string field, string? value)
    {
        if (value is "" or { Length: > FilterCharsMax })
        {
            errors.Add(field, $"{value.Length} characters; send 1 to {FilterCharsMax}, or leave it out.");
        }
    }
}

/// <summary>Which dead letters to list, as GET /deadletters is asked.</summary>
public static class DeadLetterListing
{
    /// <summary>What is wrong with the question, by parameter; empty where nothing is.</summary>
    public static Dictionary<string, string[]> Validate(string? status, DeadLetterFilter filter, long? after, int? limit)
    {
        var errors = new FieldErrors();
        errors.CheckPageSize(limit);
        errors.CheckRange("after", after ?? 0, 0, long.MaxValue);
        filter.Check(errors);
        if (status is not null && !DeadLetterStatuses.All.Contains(status))
        {
            errors.Add("status", $"'{FieldErrors.Shorten(status)}' is none of {string.Join(", ", DeadLetterStatuses.All)}; leave it out for all.");
        }

        return errors.ToDictionary();
    }
}
