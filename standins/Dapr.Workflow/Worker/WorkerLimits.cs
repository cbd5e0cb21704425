namespace Dapr.Workflow.Worker;

/// <summary>Limits of a worker, and the sketch behind each.</summary>
internal static class WorkerLimits
{
    /// <summary>Turns that run at once. A turn takes well below a millisecond and never waits; the number is the official worker's.</summary>
    public const int TurnsMax = 100;

    /// <summary>Activities that run at once. They mostly wait for other services; the number is the official worker's.</summary>
    public const int ActivitiesMax = 100;

    /// <summary>
    /// Items that wait for a free place, per kind. The stream is not read beyond it, so that the sidecar keeps the rest: ten thousand
    /// items of a few kilobytes are some tens of megabytes.
    /// </summary>
    public const int WaitingMax = 10_000;

    /// <summary>How often an answer is sent that the sidecar does not take for a passing reason: over 6 s in all.</summary>
    public const int AnswersMax = 7;

    /// <summary>The wait before an answer is sent again; it doubles each time.</summary>
    public static readonly TimeSpan AnswerDelayFirst = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a quiet connection is used, as the official worker does: idle streams are ended on the way.</summary>
    public static readonly TimeSpan HelloInterval = TimeSpan.FromSeconds(30);

    /// <summary>The wait before the first reconnection: a sidecar that restarts is back within a second.</summary>
    public static readonly TimeSpan ReconnectDelayFirst = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait before a reconnection, which is what the official worker always waits.</summary>
    public static readonly TimeSpan ReconnectDelayMax = TimeSpan.FromSeconds(5);

    /// <summary>A stream that lived this long was a good one: its end is no sign of trouble.</summary>
    public static readonly TimeSpan StreamIsGood = TimeSpan.FromSeconds(10);

    /// <summary>How long a worker that stops waits for what it runs. What is not done then is done again elsewhere.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);
}
