namespace Sidecar.Workflows.Logic;

/// <summary>The limit of what one message to a worker can hold, and the texts of daprd for instances that pass it.</summary>
internal static class PayloadSize
{
    /// <summary>Why an instance cannot be sent to a worker; null where it can.</summary>
    public static string? Refusal(InstanceState state)
    {
        var size = state.HistoryBytes + state.InboxBytes + (state.Incoming?.CalculateSize() ?? 0);
        return size <= WorkflowLimits.PayloadBytesMax
            ? null
            : $"Workflow payload size {size} bytes exceeds {WorkflowLimits.PayloadPercentMax}% of max gRPC body size "
                + $"{WorkflowLimits.MessageBytesMax} bytes; increase daprd --max-body-size and restart to resume";
    }

    /// <summary>Why an activity cannot be sent to a worker.</summary>
    public static string OfActivity(string name, int taskId, long bytes) =>
        $"activity '{name}::{taskId}' payload {bytes} bytes exceeds {WorkflowLimits.PayloadPercentMax}% of max gRPC body size "
        + $"{WorkflowLimits.MessageBytesMax} bytes; increase daprd --max-body-size and restart to resume";
}
