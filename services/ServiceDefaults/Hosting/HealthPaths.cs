namespace ServiceDefaults.Hosting;

/// <summary>Where an app tells how it is, to who asks without a key or token.</summary>
public static class HealthPaths
{
    /// <summary>
    /// 2xx while the app can do its work: Dapr's app health check (dapr.yaml) and Kubernetes' readiness probe. While it is not, it gets no deliveries
    /// and no requests.
    /// </summary>
    public const string Ready = "/healthz";

    /// <summary>
    /// 2xx while the process answers at all: Kubernetes' liveness probe. Apart from <see cref="Ready"/>, because a restart helps a process that
    /// hangs, and does not empty a full disk.
    /// </summary>
    public const string Live = "/livez";
}
