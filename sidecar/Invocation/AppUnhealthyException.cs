namespace Sidecar.Invocation;

/// <summary>The app fails its health checks and is not called. The message is daprd's. Source: Dapr 1.18.3, pkg/channel/http.</summary>
internal sealed class AppUnhealthyException() : Exception("rpc error: code = Internal desc = app is not in a healthy state");
