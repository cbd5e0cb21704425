namespace Contracts.DeadLetters;

/// <summary>Handles one dead letter again. POST /deadletters/{id}/replay.</summary>
/// <param name="Force">True: also where it has failed so often that the loop guard is on.</param>
/// <param name="By">Who does it; kept with the letter.</param>
public sealed record ReplayLetter(bool Force = false, string? By = null)
{
    /// <summary>What is wrong with it, by field.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new FieldErrors();
        Operators.Check(errors, By);
        return errors.ToDictionary();
    }
}

/// <summary>Handles dead letters again, in their order, a batch at a time. POST /deadletters/replay.</summary>
/// <param name="Filter">Which ones.</param>
/// <param name="All">True: all of them; then there is no filter.</param>
/// <param name="DryRun">True: only tells what would be done.</param>
/// <param name="Force">True: also those that have failed so often that the loop guard is on.</param>
/// <param name="By">Who does it; kept with the letters.</param>
/// <param name="After">Goes on behind this id: the <c>next</c> of the batch before.</param>
public sealed record ReplayLetters(
    DeadLetterFilter? Filter = null, bool All = false, bool DryRun = false, bool Force = false, string? By = null, long? After = null)
{
    /// <summary>What is wrong with it, by field.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new FieldErrors();
        Operators.Check(errors, By);
        LetterChoice.Check(errors, Filter, All, After);
        return errors.ToDictionary();
    }
}

/// <summary>Decides that a letter is never to be handled. POST /deadletters/{id}/discard.</summary>
/// <param name="Note">Why; kept with the letter.</param>
/// <param name="By">Who does it; kept with the letter.</param>
public sealed record DiscardLetter(string? Note = null, string? By = null)
{
    /// <summary>What is wrong with it, by field.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new FieldErrors();
        errors.CheckText("note", Note);
        Operators.Check(errors, By);
        return errors.ToDictionary();
    }
}

/// <summary>Decides that dead letters are never to be handled, a batch at a time. POST /deadletters/discard.</summary>
/// <param name="Filter">Which ones.</param>
/// <param name="All">True: all of them; then there is no filter.</param>
/// <param name="DryRun">True: only tells what would be done.</param>
/// <param name="Note">Why; kept with the letters.</param>
/// <param name="By">Who does it; kept with the letters.</param>
/// <param name="After">Goes on behind this id: the <c>next</c> of the batch before.</param>
public sealed record DiscardLetters(
    DeadLetterFilter? Filter = null, bool All = false, bool DryRun = false, string? Note = null, string? By = null, long? After = null)
{
    /// <summary>What is wrong with it, by field.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new FieldErrors();
        errors.CheckText("note", Note);
        Operators.Check(errors, By);
        LetterChoice.Check(errors, Filter, All, After);
        return errors.ToDictionary();
    }
}

/// <summary>Who did it.</summary>
public static class Operators
{
    /// <summary>Stands where nobody was named.</summary>
    public const string Unnamed = "operator";

    /// <summary>A name is a text for people, or left out.</summary>
    public static void Check(FieldErrors errors, string? by)
    {
        if (by is not null)
        {
            errors.CheckText("by", by);
        }
    }
}

/// <summary>Which letters a request for many means.</summary>
internal static class LetterChoice
{
    // A request that forgot its filter must not mean all.
    public static void Check(FieldErrors errors, DeadLetterFilter? filter, bool all, long? after)
    {
        errors.CheckRange("after", after ?? 0, 0, long.MaxValue);
        filter?.Check(errors);
        if (all != (filter is null || filter.IsEmpty()))
        {
            errors.Add("filter", "Name what is meant by topic, type, subject, reason or olderThanSeconds, or send \"all\": true; not both.");
        }
    }
}
