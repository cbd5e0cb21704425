namespace Contracts.DeadLetters;

/// <summary>What became of a letter that was to be replayed or discarded.</summary>
/// <param name="Id">The letter.</param>
/// <param name="MessageId">CloudEvents id.</param>
/// <param name="Type">CloudEvents type.</param>
/// <param name="Subject">Aggregate id.</param>
/// <param name="Result">One of <see cref="LetterResults"/>.</param>
/// <param name="Detail">Why, for people; null where there is nothing to say.</param>
/// <param name="Released">Parked messages behind it that were handled at once. In a dry run: that wait behind it.</param>
public sealed record LetterOutcome(long Id, string MessageId, string Type, string Subject, string Result, string? Detail = null, long Released = 0);

/// <summary>A batch of them.</summary>
/// <param name="DryRun">True where nothing was done.</param>
/// <param name="Outcomes">Letter by letter.</param>
/// <param name="Next">There are more: send it as <c>after</c>. Null at the end.</param>
public sealed record LettersOutcome(bool DryRun, IReadOnlyList<LetterOutcome> Outcomes, long? Next);

/// <summary>What may become of a letter.</summary>
public static class LetterResults
{
    /// <summary>Handled now, with effect.</summary>
    public const string Handled = "handled";

    /// <summary>Handled now, and had no effect: it was known already, or something newer was.</summary>
    public const string Stale = "stale";

    /// <summary>Failed again; stays dead.</summary>
    public const string Failed = "failed";

    /// <summary>Will not be handled, as decided.</summary>
    public const string Discarded = "discarded";

    /// <summary>Dry run: would be replayed.</summary>
    public const string WouldReplay = "would-replay";

    /// <summary>Dry run: would be discarded.</summary>
    public const string WouldDiscard = "would-discard";

    /// <summary>Left alone: it has failed too often to be tried without force.</summary>
    public const string Guarded = "guarded";

    /// <summary>Left alone: an earlier message of the same aggregate comes first.</summary>
    public const string Behind = "behind";

    /// <summary>Left alone: it has been replayed or discarded before.</summary>
    public const string Ended = "ended";
}
