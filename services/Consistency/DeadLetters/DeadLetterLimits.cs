namespace Consistency.DeadLetters;

/// <summary>Limits of the dead letters.</summary>
public static class DeadLetterLimits
{
    /// <summary>Characters of a reason: an error's type and message, enough to tell what is wrong; never a stack trace.</summary>
    public const int ReasonCharsMax = 500;

    /// <summary>
    /// Replays after which a letter is left alone unless it is forced: what fails five times for five operators fails for a cause that a sixth
    /// replay does not remove.
    /// </summary>
    public const int ReplaysMax = 5;

    /// <summary>
    /// Attempts to handle a parked message whose turn has come, one every <see cref="ReleaseInterval"/>, before it is dead itself: half a minute for
    /// what passes by itself.
    /// </summary>
    public const int ReleaseAttemptsMax = 6;

    /// <summary>
    /// How often parked messages are looked for whose turn has come without anybody having handled them (a process that died meanwhile). Sketch:
    /// one look-up per parked message, 10,000 of them some 50 ms on a reader.
    /// </summary>
    public static readonly TimeSpan ReleaseInterval = TimeSpan.FromSeconds(5);

    /// <summary>Aggregates whose parked messages are handled in one round.</summary>
    public const int LinesPerRoundMax = 256;

    /// <summary>
    /// Parked messages of one aggregate that are handled in one go, each in a transaction of 1 ms: whoever has decided about the letter before them
    /// waits for their answer. The rounds go on with the rest.
    /// </summary>
    public const int ReleasesPerLineMax = 100;

    /// <summary>Letters that one request replays or discards, each in a transaction of 1 ms: an answer within a second or so.</summary>
    public const int BatchMax = 100;

    /// <summary>How long it can be looked up what became of a letter; longer than the broker could deliver it again.</summary>
    public static readonly TimeSpan EndedRetention = TimeSpan.FromDays(30);

    /// <summary>How long failed handlings are remembered: longer than any retry policy, and than an app is away while its dead letters wait.</summary>
    public static readonly TimeSpan FailureRetention = TimeSpan.FromDays(2);
}
