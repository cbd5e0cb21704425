using Grpc.Core;
using Sidecar.Workflows;

namespace Sidecar.Grpc;

/// <summary>What a refused workflow call answers by gRPC. Source: recorded answers of Dapr 1.18.3.</summary>
internal static class TaskHubErrors
{
    /// <summary>The refusal of a start.</summary>
    public static RpcException Start(WorkflowException e) =>
        Of(e, CodeOf(e), $"failed to create workflow instance: {WorkflowErrorText.WrappedStart(e)}");

    /// <summary>A refusal in whose text Dapr puts <paramref name="prefix"/> before the error.</summary>
    public static RpcException Prefixed(WorkflowException e, string prefix) => Of(e, CodeOf(e), prefix + WorkflowErrorText.Wrapped(e));

    /// <summary>A refusal that Dapr hands on as it is.</summary>
    public static RpcException Plain(WorkflowException e) => Of(e, CodeOf(e), e.Message);

    /// <summary>A refusal of those calls that have codes of their own for a wrong request.</summary>
    public static RpcException Coded(WorkflowException e) => e.Error switch
    {
        WorkflowError.NotFound => Of(e, StatusCode.NotFound, e.Message),
        WorkflowError.InvalidArgument or WorkflowError.NotAllowed => Of(e, StatusCode.InvalidArgument, e.Message),
        _ => Plain(e),
    };

    private static StatusCode CodeOf(WorkflowException e) => e.Error switch
    {
        WorkflowError.AlreadyExists => StatusCode.AlreadyExists,
        WorkflowError.NoStore => StatusCode.Internal,
        _ => StatusCode.Unknown,
    };

    private static RpcException Of(WorkflowException e, StatusCode code, string text) => new(new Status(code, text, e));
}
