namespace Sidecar.PubSub;

/// <summary>The limits of pub/sub, each with the sketch that chose it.</summary>
internal static class PubSubLimits
{
    /// <summary>
    /// Most messages in one bulk delivery, whatever a subscription asks for: 1,000 of 1 KiB are a quarter of a
    /// default body limit.
    /// </summary>
    public const int BulkMessagesMax = 1_000;

    /// <summary>
    /// Messages of a subscription that may wait for their next attempt without holding a delivery back. A few stuck
    /// messages do not stop the others; an app that fails everything is not fed its whole backlog into the
    /// dead-letter topic, because beyond this number a failing message holds its delivery as it does in Dapr.
    /// </summary>
    public const int ParkedMax = 64;

    /// <summary>Bytes of an app's answer to a delivery that are read.</summary>
    public const int ReplyBytesMax = 1 << 20;

    /// <summary>Bytes of an app's answer to /dapr/subscribe that are read.</summary>
    public const int SubscribeBytesMax = 4 << 20;

    /// <summary>
    /// Answers that broke off (the app closed the connection without a status) which are not held against the
    /// message while the app is ready. An app that crashed is found out by then; a message that crashes its app is
    /// not delivered for ever.
    /// </summary>
    public const int BrokenAnswersMax = 5;

    /// <summary>
    /// First wait before a delivery to an app that could not be reached is made again, in milliseconds; doubles
    /// each time.
    /// </summary>
    public const int UnreachableWaitMs = 100;

    /// <summary>Longest such wait.</summary>
    public const int UnreachableWaitMaxMs = 2_000;

    /// <summary>
    /// Wait before a message is given again whose dead letter could not be stored, or after a defect, in
    /// milliseconds.
    /// </summary>
    public const int AgainMs = 1_000;

    /// <summary>
    /// How long requests to the app that are under way may go on after a stop, in milliseconds; less than the host
    /// waits.
    /// </summary>
    public const int StopGraceMs = 1_500;

    /// <summary>
    /// Attempts to read /dapr/subscribe where the app answers with a server error, and the wait between them in
    /// milliseconds.
    /// </summary>
    public const int SubscribeAttempts = 4;

    /// <summary>See <see cref="SubscribeAttempts"/>.</summary>
    public const int SubscribeWaitMs = 500;
}
