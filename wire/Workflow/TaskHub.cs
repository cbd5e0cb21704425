using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire.Grpc;

namespace Wire.Workflow;

/// <summary>The methods of <c>TaskHubSidecarService</c>, as Protos/workflow_service.proto declares them.</summary>
public static class TaskHub
{
    /// <summary>Asks whether the sidecar is there.</summary>
    public static readonly GrpcMethod<Empty, Empty> Hello = Method("Hello", Empty.Parser, Empty.Parser);

    /// <summary>Starts an instance.</summary>
    public static readonly GrpcMethod<CreateInstanceRequest, CreateInstanceResponse> StartInstance =
        Method("StartInstance", CreateInstanceRequest.Parser, CreateInstanceResponse.Parser);

    /// <summary>Reads an instance's state.</summary>
    public static readonly GrpcMethod<GetInstanceRequest, GetInstanceResponse> GetInstance =
        Method("GetInstance", GetInstanceRequest.Parser, GetInstanceResponse.Parser);

    /// <summary>Waits until an instance has left PENDING.</summary>
    public static readonly GrpcMethod<GetInstanceRequest, GetInstanceResponse> WaitForInstanceStart =
        Method("WaitForInstanceStart", GetInstanceRequest.Parser, GetInstanceResponse.Parser);

    /// <summary>Waits until an instance has ended.</summary>
    public static readonly GrpcMethod<GetInstanceRequest, GetInstanceResponse> WaitForInstanceCompletion =
        Method("WaitForInstanceCompletion", GetInstanceRequest.Parser, GetInstanceResponse.Parser);

    /// <summary>Raises an external event.</summary>
    public static readonly GrpcMethod<RaiseEventRequest, RaiseEventResponse> RaiseEvent =
        Method("RaiseEvent", RaiseEventRequest.Parser, RaiseEventResponse.Parser);

    /// <summary>Ends an instance.</summary>
    public static readonly GrpcMethod<TerminateRequest, TerminateResponse> TerminateInstance =
        Method("TerminateInstance", TerminateRequest.Parser, TerminateResponse.Parser);

    /// <summary>Holds an instance.</summary>
    public static readonly GrpcMethod<SuspendRequest, SuspendResponse> SuspendInstance =
        Method("SuspendInstance", SuspendRequest.Parser, SuspendResponse.Parser);

    /// <summary>Lets a held instance go on.</summary>
    public static readonly GrpcMethod<ResumeRequest, ResumeResponse> ResumeInstance =
        Method("ResumeInstance", ResumeRequest.Parser, ResumeResponse.Parser);

    /// <summary>Forgets a finished instance.</summary>
    public static readonly GrpcMethod<PurgeInstancesRequest, PurgeInstancesResponse> PurgeInstances =
        Method("PurgeInstances", PurgeInstancesRequest.Parser, PurgeInstancesResponse.Parser);

    /// <summary>Starts a new instance from a point in another one's history.</summary>
    public static readonly GrpcMethod<RerunWorkflowFromEventRequest, RerunWorkflowFromEventResponse> RerunWorkflowFromEvent =
        Method("RerunWorkflowFromEvent", RerunWorkflowFromEventRequest.Parser, RerunWorkflowFromEventResponse.Parser);

    /// <summary>Lists instance ids.</summary>
    public static readonly GrpcMethod<ListInstanceIDsRequest, ListInstanceIDsResponse> ListInstanceIds =
        Method("ListInstanceIDs", ListInstanceIDsRequest.Parser, ListInstanceIDsResponse.Parser);

    /// <summary>Reads an instance's history.</summary>
    public static readonly GrpcMethod<GetInstanceHistoryRequest, GetInstanceHistoryResponse> GetInstanceHistory =
        Method("GetInstanceHistory", GetInstanceHistoryRequest.Parser, GetInstanceHistoryResponse.Parser);

    /// <summary>Opens a worker's stream of work items.</summary>
    public static readonly GrpcMethod<GetWorkItemsRequest, WorkItem> GetWorkItems =
        Method("GetWorkItems", GetWorkItemsRequest.Parser, WorkItem.Parser);

    /// <summary>Answers an activity.</summary>
    public static readonly GrpcMethod<ActivityResponse, CompleteTaskResponse> CompleteActivityTask =
        Method("CompleteActivityTask", ActivityResponse.Parser, CompleteTaskResponse.Parser);

    /// <summary>Answers a turn, under the name that the SDKs of today use.</summary>
    public static readonly GrpcMethod<WorkflowResponse, CompleteTaskResponse> CompleteOrchestratorTask =
        Method("CompleteOrchestratorTask", WorkflowResponse.Parser, CompleteTaskResponse.Parser);

    /// <summary>Answers a turn.</summary>
    public static readonly GrpcMethod<WorkflowResponse, CompleteTaskResponse> CompleteWorkflowTask =
        Method("CompleteWorkflowTask", WorkflowResponse.Parser, CompleteTaskResponse.Parser);

    private static GrpcMethod<TRequest, TResponse> Method<TRequest, TResponse>(
        string name, MessageParser<TRequest> request, MessageParser<TResponse> response)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new($"/TaskHubSidecarService/{name}", request, response);
}
