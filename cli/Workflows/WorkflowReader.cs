using Grpc.Core;
using Wire.Grpc;
using Wire.Workflow;

namespace Cli.Workflows;

/// <summary>A workflow instance as its engine has it.</summary>
internal sealed record ShownWorkflow(WorkflowState State, IReadOnlyList<HistoryEvent> History);

/// <summary>Reads an instance by the workflow protocol, which every Dapr speaks.</summary>
internal static class WorkflowReader
{
    /// <exception cref="RpcException">NotFound: there is no such instance. Unavailable: nobody listens.</exception>
    public static async Task<ShownWorkflow> ReadAsync(GrpcChannel channel, string instanceId, CancellationToken cancellation)
    {
        var request = new GetInstanceRequest { InstanceId = instanceId, GetInputsAndOutputs = true };
        var instance = await channel.CallAsync(TaskHub.GetInstance, request, cancellation);
        if (!instance.Exists)
        {
            throw new RpcException(new Status(StatusCode.NotFound, $"workflow instance '{instanceId}' not found"));
        }

        var history = await channel.CallAsync(
            TaskHub.GetInstanceHistory, new GetInstanceHistoryRequest { InstanceId = instanceId }, cancellation);
        return new ShownWorkflow(instance.WorkflowState, history.Events);
    }
}
