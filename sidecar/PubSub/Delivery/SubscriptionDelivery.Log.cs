namespace Sidecar.PubSub.Delivery;

internal sealed partial class SubscriptionDelivery
{
    /// <summary>An app wants messages again.</summary>
    public void LogRetry(long id, int count, string path, int? status) =>
        LogRetry(_subscription.PubsubName, _subscription.Topic, id, count, path, status);

    /// <summary>An app gave no answer.</summary>
    public void LogNoAnswer(Exception exception, string path) =>
        LogNoAnswer(_subscription.PubsubName, _subscription.Topic, path, exception.Message);

    /// <summary>A defect.</summary>
    public void LogRunFailed(Exception exception) =>
        LogRunFailed(exception, _subscription.PubsubName, _subscription.Topic);

    private void LogBuried(int count, long id, string deadLetterTopic, string reason) =>
        LogBuried(_subscription.PubsubName, _subscription.Topic, id, count, deadLetterTopic, reason);

    private void LogLost(int count, long id, string reason) =>
        LogLost(_subscription.PubsubName, _subscription.Topic, id, count, reason);

    private void LogNotBuried(Exception exception, string deadLetterTopic) =>
        LogNotBuried(exception, _subscription.PubsubName, _subscription.Topic, deadLetterTopic);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Pubsub}/{Topic}: the app wants message {Id} ({Count} in all) again on {Path}, status {Status}.")]
    private partial void LogRetry(string pubsub, string topic, long id, int count, string path, int? status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Pubsub}/{Topic}: no answer from the app on {Path}: {Problem}")]
    private partial void LogNoAnswer(string pubsub, string topic, string path, string problem);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Pubsub}/{Topic}: message {Id} ({Count} in all) goes to {DeadLetterTopic}: {Reason}.")]
    private partial void LogBuried(
        string pubsub, string topic, long id, int count, string deadLetterTopic, string reason);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "{Pubsub}/{Topic}: message {Id} ({Count} in all) is lost, there is no dead-letter topic: {Reason}.")]
    private partial void LogLost(string pubsub, string topic, long id, int count, string reason);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "{Pubsub}/{Topic}: dead letters to {DeadLetterTopic} could not be stored; given again.")]
    private partial void LogNotBuried(Exception exception, string pubsub, string topic, string deadLetterTopic);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "{Pubsub}/{Topic}: a delivery failed unexpectedly; its messages are given again.")]
    private partial void LogRunFailed(Exception exception, string pubsub, string topic);
}
