using Google.Protobuf.WellKnownTypes;
using Sidecar.Hosting;
using Sidecar.Http;
using Sidecar.Workflows;
using Wire.Runtime;
using Wire.Workflow;
using TraceContext = Sidecar.Telemetry.TraceContext;

namespace Sidecar.Grpc.Runtime;

/// <summary>The workflow management calls; their errors are those of the HTTP API, without details.</summary>
internal sealed class WorkflowCalls(AppRuntime runtime)
{
    private readonly IWorkflowEngine _engine = runtime.Workflows;

    /// <summary>Starts an instance; waits for a worker while the caller does.</summary>
    public async Task<StartWorkflowResponse> StartAsync(StartWorkflowRequest request, TraceContext trace, CancellationToken cancellationToken)
    {
        var id = request.InstanceId.Length > 0 ? request.InstanceId : Guid.CreateVersion7(runtime.Time.GetUtcNow()).ToString();
        if (WorkflowApi.Refusal(id) is { } refusal)
        {
            throw RichErrors.Bare(refusal);
        }
        if (request.WorkflowName.Length == 0)
        {
            throw RichErrors.Bare(WorkflowErrors.NoName);
        }
        try
        {
            var start = WorkflowApi.StartRequest(id, request.WorkflowName, request.Input.ToStringUtf8(), trace);
            return new StartWorkflowResponse { InstanceId = await _engine.StartAsync(start, cancellationToken) };
        }
        catch (WorkflowException e)
        {
            throw RichErrors.Bare(WorkflowErrors.Start(request.WorkflowName, e));
        }
    }

    /// <summary>An instance's state; of an unknown one only the id, where HTTP answers 404.</summary>
    public GetWorkflowResponse Get(GetWorkflowRequest request)
    {
        CheckId(request.InstanceId);
        try
        {
            var answer = _engine.Get(new GetInstanceRequest { InstanceId = request.InstanceId, GetInputsAndOutputs = true });
            return answer.Exists ? StateOf(request.InstanceId, answer.WorkflowState) : new GetWorkflowResponse { InstanceId = request.InstanceId };
        }
        catch (WorkflowException e)
        {
            throw RichErrors.Bare(WorkflowErrors.Get(request.InstanceId, e));
        }
    }

    /// <summary>Ends an instance and its children.</summary>
    public Task<Empty> TerminateAsync(TerminateWorkflowRequest request, CancellationToken cancellationToken) => ActAsync(
        request.InstanceId,
        id => _engine.TerminateAsync(new TerminateRequest { InstanceId = id, Recursive = true }, cancellationToken),
        WorkflowErrors.Terminate);

    /// <summary>Holds an instance.</summary>
    public Task<Empty> PauseAsync(PauseWorkflowRequest request, CancellationToken cancellationToken) => ActAsync(
        request.InstanceId,
        id => _engine.SuspendAsync(new SuspendRequest { InstanceId = id }, cancellationToken),
        WorkflowErrors.Pause);

    /// <summary>Lets a held instance go on.</summary>
    public Task<Empty> ResumeAsync(ResumeWorkflowRequest request, CancellationToken cancellationToken) => ActAsync(
        request.InstanceId,
        id => _engine.ResumeAsync(new ResumeRequest { InstanceId = id }, cancellationToken),
        WorkflowErrors.Resume);

    /// <summary>Forgets a finished instance and its children.</summary>
    public Task<Empty> PurgeAsync(PurgeWorkflowRequest request, CancellationToken cancellationToken) => ActAsync(
        request.InstanceId,
        id => _engine.PurgeAsync(new PurgeInstancesRequest { InstanceId = id, Recursive = true }, cancellationToken),
        WorkflowErrors.Purge);

    /// <summary>Raises an event.</summary>
    public Task<Empty> RaiseEventAsync(RaiseEventWorkflowRequest request, CancellationToken cancellationToken)
    {
        CheckId(request.InstanceId);
        if (request.EventName.Length == 0)
        {
            throw RichErrors.Bare(WorkflowErrors.NoEventName);
        }
        var raised = new RaiseEventRequest { InstanceId = request.InstanceId, Name = request.EventName };
        if (request.EventData.Length > 0)
        {
            raised.Input = request.EventData.ToStringUtf8();
        }
        return ActAsync(
            request.InstanceId,
            _ => _engine.RaiseEventAsync(raised, cancellationToken),
            (id, e) => WorkflowErrors.RaiseEvent(id, request.EventName, e));
    }

    private static async Task<Empty> ActAsync(string id, Func<string, Task> act, Func<string, WorkflowException, ApiError> refusal)
    {
        CheckId(id);
        try
        {
            await act(id);
            return new Empty();
        }
        catch (WorkflowException e)
        {
            throw RichErrors.Bare(refusal(id, e));
        }
    }

    private static void CheckId(string id)
    {
        if (id.Length == 0)
        {
            throw RichErrors.Bare(WorkflowErrors.NoId);
        }
    }

    private static GetWorkflowResponse StateOf(string id, WorkflowState state)
    {
        var answer = new GetWorkflowResponse
        {
            InstanceId = id,
            WorkflowName = state.Name,
            CreatedAt = state.CreatedTimestamp,
            LastUpdatedAt = state.LastUpdatedTimestamp,
            RuntimeStatus = WorkflowStateJson.StatusOf(state.WorkflowStatus),
        };
        foreach (var (name, value) in WorkflowStateJson.PropertiesOf(state))
        {
            answer.Properties[name] = value;
        }
        return answer;
    }
}
