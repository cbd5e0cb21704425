namespace Dapr.Workflow.Client;

/// <summary>How an instance is run again from one of its events.</summary>
public sealed class RerunWorkflowFromEventOptions
{
    /// <summary>Id of the new instance; by default the sidecar makes one.</summary>
    public string? NewInstanceId { get; set; }

    /// <summary>Replaces the input of the event; needs <see cref="OverwriteInput"/>.</summary>
    public object? Input { get; set; }

    /// <summary>Whether <see cref="Input"/> replaces that of the event, also where it is null.</summary>
    public bool OverwriteInput { get; set; }
}
