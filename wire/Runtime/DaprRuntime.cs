using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire.Grpc;

namespace Wire.Runtime;

/// <summary>The methods of <c>dapr.proto.runtime.v1.Dapr</c>, as Protos/dapr_runtime.proto declares them.</summary>
public static class DaprRuntime
{
    /// <summary>What every method's path begins with.</summary>
    public const string Prefix = "/dapr.proto.runtime.v1.Dapr/";

    /// <summary>Invokes an app.</summary>
    public static readonly GrpcMethod<InvokeServiceRequest, InvokeResponse> InvokeService =
        Method("InvokeService", InvokeServiceRequest.Parser, InvokeResponse.Parser);

    /// <summary>Reads a value.</summary>
    public static readonly GrpcMethod<GetStateRequest, GetStateResponse> GetState =
        Method("GetState", GetStateRequest.Parser, GetStateResponse.Parser);

    /// <summary>Reads several values.</summary>
    public static readonly GrpcMethod<GetBulkStateRequest, GetBulkStateResponse> GetBulkState =
        Method("GetBulkState", GetBulkStateRequest.Parser, GetBulkStateResponse.Parser);

    /// <summary>Writes values, each for itself.</summary>
    public static readonly GrpcMethod<SaveStateRequest, Empty> SaveState =
        Method("SaveState", SaveStateRequest.Parser, Empty.Parser);

    /// <summary>Deletes a value.</summary>
    public static readonly GrpcMethod<DeleteStateRequest, Empty> DeleteState =
        Method("DeleteState", DeleteStateRequest.Parser, Empty.Parser);

    /// <summary>Deletes values, each for itself.</summary>
    public static readonly GrpcMethod<DeleteBulkStateRequest, Empty> DeleteBulkState =
        Method("DeleteBulkState", DeleteBulkStateRequest.Parser, Empty.Parser);

    /// <summary>Writes and deletes values, all or none.</summary>
    public static readonly GrpcMethod<ExecuteStateTransactionRequest, Empty> ExecuteStateTransaction =
        Method("ExecuteStateTransaction", ExecuteStateTransactionRequest.Parser, Empty.Parser);

    /// <summary>Asks a store that can query.</summary>
    public static readonly GrpcMethod<QueryStateRequest, QueryStateResponse> QueryStateAlpha1 =
        Method("QueryStateAlpha1", QueryStateRequest.Parser, QueryStateResponse.Parser);

    /// <summary>Publishes a message.</summary>
    public static readonly GrpcMethod<PublishEventRequest, Empty> PublishEvent =
        Method("PublishEvent", PublishEventRequest.Parser, Empty.Parser);

    /// <summary>Publishes several messages.</summary>
    public static readonly GrpcMethod<BulkPublishRequest, BulkPublishResponse> BulkPublishEvent =
        Method("BulkPublishEvent", BulkPublishRequest.Parser, BulkPublishResponse.Parser);

    /// <summary>The same under its old name, which the JavaScript SDK uses.</summary>
    public static readonly GrpcMethod<BulkPublishRequest, BulkPublishResponse> BulkPublishEventAlpha1 =
        Method("BulkPublishEventAlpha1", BulkPublishRequest.Parser, BulkPublishResponse.Parser);

    /// <summary>Calls an output binding.</summary>
    public static readonly GrpcMethod<InvokeBindingRequest, InvokeBindingResponse> InvokeBinding =
        Method("InvokeBinding", InvokeBindingRequest.Parser, InvokeBindingResponse.Parser);

    /// <summary>Tells what runs here.</summary>
    public static readonly GrpcMethod<GetMetadataRequest, GetMetadataResponse> GetMetadata =
        Method("GetMetadata", GetMetadataRequest.Parser, GetMetadataResponse.Parser);

    /// <summary>Sets a custom attribute.</summary>
    public static readonly GrpcMethod<SetMetadataRequest, Empty> SetMetadata =
        Method("SetMetadata", SetMetadataRequest.Parser, Empty.Parser);

    /// <summary>Ends the sidecar and its app.</summary>
    public static readonly GrpcMethod<ShutdownRequest, Empty> Shutdown =
        Method("Shutdown", ShutdownRequest.Parser, Empty.Parser);

    /// <summary>The two names under which Dapr 1.18 serves workflow management; both are the same.</summary>
    public static readonly IReadOnlyList<string> WorkflowVersions = ["Beta1", "Alpha1"];

    /// <summary>Starts an instance.</summary>
    public static GrpcMethod<StartWorkflowRequest, StartWorkflowResponse> StartWorkflow(string version) =>
        Method($"StartWorkflow{version}", StartWorkflowRequest.Parser, StartWorkflowResponse.Parser);

    /// <summary>Reads an instance's state.</summary>
    public static GrpcMethod<GetWorkflowRequest, GetWorkflowResponse> GetWorkflow(string version) =>
        Method($"GetWorkflow{version}", GetWorkflowRequest.Parser, GetWorkflowResponse.Parser);

    /// <summary>Ends an instance.</summary>
    public static GrpcMethod<TerminateWorkflowRequest, Empty> TerminateWorkflow(string version) =>
        Method($"TerminateWorkflow{version}", TerminateWorkflowRequest.Parser, Empty.Parser);

    /// <summary>Holds an instance.</summary>
    public static GrpcMethod<PauseWorkflowRequest, Empty> PauseWorkflow(string version) =>
        Method($"PauseWorkflow{version}", PauseWorkflowRequest.Parser, Empty.Parser);

    /// <summary>Lets a held instance go on.</summary>
    public static GrpcMethod<ResumeWorkflowRequest, Empty> ResumeWorkflow(string version) =>
        Method($"ResumeWorkflow{version}", ResumeWorkflowRequest.Parser, Empty.Parser);

    /// <summary>Forgets a finished instance.</summary>
    public static GrpcMethod<PurgeWorkflowRequest, Empty> PurgeWorkflow(string version) =>
        Method($"PurgeWorkflow{version}", PurgeWorkflowRequest.Parser, Empty.Parser);

    /// <summary>Raises an external event.</summary>
    public static GrpcMethod<RaiseEventWorkflowRequest, Empty> RaiseEventWorkflow(string version) =>
        Method($"RaiseEventWorkflow{version}", RaiseEventWorkflowRequest.Parser, Empty.Parser);

    private static GrpcMethod<TRequest, TResponse> Method<TRequest, TResponse>(
        string name, MessageParser<TRequest> request, MessageParser<TResponse> response)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(Prefix + name, request, response);
}
