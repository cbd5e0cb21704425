using Google.Protobuf.WellKnownTypes;
using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>An instance's state as daprd tells it to clients.</summary>
internal static class InstanceView
{
    // What Go's zero time becomes.
    private static readonly Timestamp Never = new() { Seconds = -62_135_596_800 };

    /// <summary>The answer for an instance that exists. A pending one has no name and no times yet.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="start">How it was started; null where input and output were not asked for.</param>
    public static GetInstanceResponse Of(InstanceRow row, HistoryEvent? start)
    {
        var state = new WorkflowState { InstanceId = row.Id, WorkflowStatus = row.Status, CreatedTimestamp = Never, LastUpdatedTimestamp = Never };
        if (row.Started is not null)
        {
            state.StartedAt = row.Started;
            state.LastUpdatedTimestamp = row.Updated;
        }
        if (row.Status != OrchestrationStatus.Pending && row.Started is not null)
        {
            state.Name = row.Name;
            state.CreatedTimestamp = row.Created;
            state.Input = start?.ExecutionStarted.Input;
        }
        if (start is not null)
        {
            state.CustomStatus = row.CustomStatus;
            state.Output = row.Completed?.ExecutionCompleted.Result;
            state.FailureDetails = row.Completed?.ExecutionCompleted.FailureDetails;
        }
        return new GetInstanceResponse { Exists = true, WorkflowState = state };
    }
}
