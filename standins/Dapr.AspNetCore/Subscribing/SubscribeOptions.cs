namespace Dapr;

/// <summary>What holds for all subscriptions of an app.</summary>
public class SubscribeOptions
{
    /// <summary>Whether messages of all topics come without a CloudEvents envelope.</summary>
    public bool EnableRawPayload { get; set; }
}
