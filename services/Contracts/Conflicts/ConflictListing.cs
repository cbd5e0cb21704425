namespace Contracts.Conflicts;

/// <summary>Which conflicts to list, as GET /conflicts is asked.</summary>
public static class ConflictListing
{
    /// <summary>What is wrong with the question, by parameter; empty where nothing is.</summary>
    public static Dictionary<string, string[]> Validate(string? status, string? after, int? limit)
    {
        var errors = new FieldErrors();
        errors.CheckPageSize(limit);
        if (status is not (null or ConflictStatuses.Open or ConflictStatuses.Resolved))
        {
            errors.Add("status", $"'{FieldErrors.Shorten(status)}' is neither {ConflictStatuses.Open} nor {ConflictStatuses.Resolved}; leave it out for both.");
        }

        if (after is not null && !long.TryParse(after, out _))
        {
            errors.Add("after", $"'{FieldErrors.Shorten(after)}' is no position; send the 'next' of the page before.");
        }

        return errors.ToDictionary();
    }

    /// <summary>The position to read on from, in a question that was checked.</summary>
    public static long Position(string? after) => after is null ? 0 : long.Parse(after);
}
