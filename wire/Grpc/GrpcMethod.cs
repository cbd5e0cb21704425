using Google.Protobuf;

namespace Wire.Grpc;

/// <summary>A method of a gRPC service.</summary>
/// <param name="Path">Request path, for example <c>/TaskHubSidecarService/Hello</c>.</param>
/// <param name="Request">Reads requests.</param>
/// <param name="Response">Reads responses.</param>
public sealed record GrpcMethod<TRequest, TResponse>(string Path, MessageParser<TRequest> Request, MessageParser<TResponse> Response)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>;
