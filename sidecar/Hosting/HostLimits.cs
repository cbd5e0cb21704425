namespace Sidecar.Hosting;

/// <summary>Time limits of the host.</summary>
internal static class HostLimits
{
    /// <summary>
    /// How long an app has to answer GET /dapr/config and GET /dapr/subscribe. Both are answered from memory; whoever
    /// takes longer hangs, and is asked again.
    /// </summary>
    public static readonly TimeSpan AppQuestion = TimeSpan.FromSeconds(10);

    /// <summary>How long apps have to end after SIGTERM before they are killed.</summary>
    public static readonly TimeSpan AppStop = TimeSpan.FromSeconds(5);

    /// <summary>How long deliveries under way have to end at a stop. Apps still answer then, so that most do.</summary>
    public static readonly TimeSpan DeliveryStop = TimeSpan.FromSeconds(2);

    /// <summary>How long a sidecar's requests under way have to end once the apps are gone.</summary>
    public static readonly TimeSpan ServerStop = TimeSpan.FromSeconds(1);
}
