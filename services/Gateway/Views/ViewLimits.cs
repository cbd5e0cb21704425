namespace Gateway.Views;

/// <summary>Every wait, size and bound of the view of orders.</summary>
internal static class ViewLimits
{
    /// <summary>
    /// How long the owner of a feed may wait for its next change. Also how old the view says to be while nothing happens: half a second, for
    /// two questions a second to each of the three.
    /// </summary>
    public static readonly TimeSpan FeedWait = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Between two pages that had changes, so that a loaded system is read in batches. Sketch: at 10,000 updates a minute a service commits some
    /// 200 changes a second, so a page has about ten of them and costs one request and one transaction instead of ten; a client's read waits for half of it
    /// on average.
    /// </summary>
    public static readonly TimeSpan PageGap = TimeSpan.FromMilliseconds(50);

    /// <summary>First pause after a feed could not be read; doubled up to <see cref="PauseMax"/>.</summary>
    public static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause while an owner is away. The view knows of its return that much later.</summary>
    public static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a read waits for the version that its token names, before it asks the owner. The view usually has it within
    /// <see cref="PageGap"/> and a few milliseconds; asking the owner costs about as much as this again where it is loaded.
    /// </summary>
    public static readonly TimeSpan TokenWait = TimeSpan.FromMilliseconds(250);

    /// <summary>Tokens of one request: each may cost a question to the owner.</summary>
    public const int TokensMax = 20;

    /// <summary>Between two looks for rows of editions that are out of use.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(2);

    /// <summary>Most rows removed in one unit of work, so that sweeping never holds the writer for more than some 10 ms.</summary>
    public const int SweepRowsMax = 1000;
}
