using Contracts;
using Dapr.Workflow;
using Grpc.Core;
using ServiceDefaults.Traffic;

namespace Orders.Orchestrating;

/// <summary>The workflow engine of the sidecar.</summary>
internal sealed class DaprWorkflowEngine(DaprWorkflowClient client, TrafficMeter traffic) : IWorkflowEngine
{
    public async Task StartAsync(string workflow, string instanceId, object input, CancellationToken cancellationToken)
    {
        traffic.Called(Patterns.Workflow);
        try
        {
            await client.ScheduleNewWorkflowAsync(workflow, instanceId, input, startTime: (DateTimeOffset?)null, cancellationToken);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
        {
            // It runs: started before, and the answer was lost.
        }
    }

    public async Task<bool> RaiseAsync(string instanceId, string eventName, object payload, CancellationToken cancellationToken)
    {
        traffic.Called(Patterns.Workflow);
        try
        {
            await client.RaiseEventAsync(instanceId, eventName, payload, cancellationToken);
        }
        catch (RpcException)
        {
            // An unknown instance, and a stalled one, is told by a text only (status UNKNOWN), so it is asked for by name.
            if (await IsGoneAsync(instanceId, cancellationToken))
            {
                return false;
            }

            throw;
        }

        // An event for an instance that has ended is accepted and forgotten.
        return !await IsGoneAsync(instanceId, cancellationToken);
    }

    public async Task<bool> IsGoneAsync(string instanceId, CancellationToken cancellationToken)
    {
        traffic.Called(Patterns.Workflow);
        var state = await client.GetWorkflowStateAsync(instanceId, getInputsAndOutputs: false, cancellationToken);
        return !state.Exists
            || state.RuntimeStatus is WorkflowRuntimeStatus.Failed or WorkflowRuntimeStatus.Terminated
                or WorkflowRuntimeStatus.Canceled or WorkflowRuntimeStatus.Stalled;
    }
}
