using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Sidecar.Http;
using Rpc = Wire.Rpc;

namespace Sidecar.Grpc;

/// <summary>
/// The building blocks' errors as gRPC tells them: a status, and the same with details in the trailer <c>grpc-status-details-bin</c>.
/// Source: recorded answers of Dapr 1.18.3, and its pkg/api/errors and pkg/messages for what was not recorded.
/// </summary>
internal static class RichErrors
{
    private const string DetailsName = "grpc-status-details-bin";
    private const string Domain = "dapr.io";
    private const string TypePrefix = "type.googleapis.com";

    /// <summary>An error with details: its own, or else one that names its error code.</summary>
    public static RpcException Of(ApiError error) => Create(
        CodeOf(error),
        error.Message,
        error.Details is { Count: > 0 } details ? details.Select(ToMessage) : [Info(error.ErrorCode)]);

    /// <summary>An error of those that Dapr tells without details.</summary>
    public static RpcException Bare(ApiError error) => new(new Status(CodeOf(error), error.Message));

    /// <summary>Any error with details.</summary>
    public static RpcException Create(StatusCode code, string message, IEnumerable<IMessage> details)
    {
        var status = new Rpc.Status { Code = (int)code, Message = message };
        status.Details.Add(details.Select(static detail => Any.Pack(detail, TypePrefix)));
        return new RpcException(new Status(code, message), new Metadata { { DetailsName, status.ToByteArray() } });
    }

    /// <summary>A detail that says why.</summary>
    public static Rpc.ErrorInfo Info(string reason, params ReadOnlySpan<(string Name, string Value)> metadata)
    {
        var info = new Rpc.ErrorInfo { Reason = reason, Domain = Domain };
        foreach (var (name, value) in metadata)
        {
            info.Metadata[name] = value;
        }
        return info;
    }

    // Dapr has a code of both kinds for each error. Most go together; these do not.
    private static StatusCode CodeOf(ApiError error) => error.ErrorCode switch
    {
        "ERR_STATE_STORE_NOT_CONFIGURED" or "ERR_PUBSUB_NOT_CONFIGURED" or "ERR_CONFIGURATION_STORE_NOT_CONFIGURED" =>
            StatusCode.FailedPrecondition,
        "ERR_PUBSUB_NOT_FOUND" or "ERR_PUBSUB_EMPTY" or "ERR_TOPIC_NAME_EMPTY" or "ERR_PUBSUB_CLOUD_EVENTS_SER" => StatusCode.InvalidArgument,
        "ERR_NOT_SUPPORTED_STATE_OPERATION" => StatusCode.Unimplemented,
        _ => error.Status switch
        {
            400 => StatusCode.InvalidArgument,
            403 => StatusCode.PermissionDenied,
            404 => StatusCode.NotFound,
            409 => StatusCode.Aborted,
            _ => StatusCode.Internal,
        },
    };

    private static IMessage ToMessage(ErrorDetail detail)
    {
        switch (detail)
        {
            case ErrorInfo info:
                return Info(info.Reason, [.. (info.Metadata ?? QueryMetadata.None).Select(static pair => (pair.Key, pair.Value))]);
            case ResourceInfo resource:
                return new Rpc.ResourceInfo
                {
                    ResourceType = resource.ResourceType,
                    ResourceName = resource.ResourceName,
                    Description = resource.Description,
                };
            case BadRequestInfo bad:
                var request = new Rpc.BadRequest();
                request.FieldViolations.Add(
                    new Rpc.BadRequest.Types.FieldViolation { Field = bad.Field, Description = bad.Description });
                return request;
            default:
                throw new ArgumentException($"There is no gRPC form of {detail.GetType().Name}.", nameof(detail));
        }
    }
}
