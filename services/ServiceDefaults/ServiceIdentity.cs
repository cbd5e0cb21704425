namespace ServiceDefaults;

/// <summary>Which app this process is.</summary>
/// <param name="AppId">Dapr app id: CloudEvents source of what it publishes, consumer name in its inbox.</param>
/// <param name="InstanceId">Unique per process; owner of leases.</param>
public sealed record ServiceIdentity(string AppId, string InstanceId);
