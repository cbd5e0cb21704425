using Google.Protobuf;
using Grpc.Core;
using Tests.Contract.Workflows;
using Wire.Grpc;
using Wire.Runtime;
using Rpc = Wire.Rpc;

namespace Tests.Contract.Runtime;

/// <summary>How a call of the runtime service ended.</summary>
/// <param name="Code">gRPC status.</param>
/// <param name="Text">Its message.</param>
/// <param name="Details">The rich error, where there was one.</param>
/// <param name="Response">The answer, where the status is OK.</param>
internal sealed record RuntimeReply(int Code, string Text, Rpc.Status? Details, IMessage? Response);

/// <summary>Calls methods of the runtime service by their names, with requests in protobuf's JSON.</summary>
internal static class RuntimeCaller
{
    private static readonly Dictionary<string, Func<GrpcChannel, string, Task<IMessage>>> Methods = new(StringComparer.Ordinal)
    {
        ["GetState"] = Method(DaprRuntime.GetState),
        ["GetBulkState"] = Method(DaprRuntime.GetBulkState),
        ["SaveState"] = Method(DaprRuntime.SaveState),
        ["DeleteState"] = Method(DaprRuntime.DeleteState),
        ["DeleteBulkState"] = Method(DaprRuntime.DeleteBulkState),
        ["ExecuteStateTransaction"] = Method(DaprRuntime.ExecuteStateTransaction),
        ["QueryStateAlpha1"] = Method(DaprRuntime.QueryStateAlpha1),
        ["PublishEvent"] = Method(DaprRuntime.PublishEvent),
        ["BulkPublishEvent"] = Method(DaprRuntime.BulkPublishEvent),
        ["InvokeBinding"] = Method(DaprRuntime.InvokeBinding),
        ["GetMetadata"] = Method(DaprRuntime.GetMetadata),
        ["SetMetadata"] = Method(DaprRuntime.SetMetadata),
    };

    /// <summary>Calls a method; one that is not served is sent an empty message.</summary>
    /// <param name="address">The gRPC port.</param>
    /// <param name="method">Its name, or a whole path of another service.</param>
    /// <param name="request">Protobuf's JSON.</param>
    /// <param name="token">API token, or null.</param>
    public static async Task<RuntimeReply> CallAsync(Uri address, string method, string request, string? token)
    {
        if (!Methods.TryGetValue(method, out var call))
        {
            return await CallRawAsync(address, method.StartsWith('/') ? method : DaprRuntime.Prefix + method, token);
        }
        using var channel = new GrpcChannel(address, token is null ? null : [new("dapr-api-token", token)]);
        try
        {
            return new(0, "", null, await call(channel, request));
        }
        catch (RpcException e)
        {
            return new((int)e.StatusCode, e.Status.Detail, DetailsOf(e), null);
        }
    }

    /// <summary>The rich error, or null.</summary>
    public static Rpc.Status? DetailsOf(RpcException e) =>
        e.Trailers.GetValueBytes("grpc-status-details-bin") is { } bytes ? Rpc.Status.Parser.ParseFrom(bytes) : null;

    private static async Task<RuntimeReply> CallRawAsync(Uri address, string path, string? token)
    {
        var (status, message, details) = await RawGrpc.SendAsync(
            address, path, RawGrpc.Frame(new GetMetadataRequest()), token is null ? [] : [("dapr-api-token", token)]);
        return new(
            int.Parse(status!), Uri.UnescapeDataString(message ?? ""),
            details is null ? null : Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(details)), null);
    }

    private static Func<GrpcChannel, string, Task<IMessage>> Method<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        async (channel, request) => await channel.CallAsync(method, method.Request.ParseJson(request));
}
