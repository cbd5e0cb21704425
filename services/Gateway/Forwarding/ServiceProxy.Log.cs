namespace Gateway.Forwarding;

internal static partial class ServiceProxyLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The sidecar cannot be reached for a call to {AppId}: {Reason}")]
    public static partial void SidecarUnreachable(this ILogger logger, string appId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A call to {AppId} failed with status {Status}: {Body}")]
    public static partial void ServiceFailed(this ILogger logger, string appId, int status, string body);
}
