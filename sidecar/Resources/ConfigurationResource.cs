namespace Sidecar.Resources;

/// <summary>
/// A configuration file (kind <c>Configuration</c>, apiVersion <c>dapr.io/v1alpha1</c>), as far as this sidecar has it:
/// tracing, how long finished workflows are kept, and who may call the app. Source: Dapr docs, "Configuration spec".
/// </summary>
/// <param name="Name">metadata.name.</param>
/// <param name="Tracing">spec.tracing; null where there is none.</param>
/// <param name="WorkflowRetention">spec.workflow.stateRetentionPolicy; null where there is none.</param>
/// <param name="File">Where it was read, for error messages.</param>
public sealed record ConfigurationResource(
    string Name, TracingSettings? Tracing, WorkflowRetentionPolicy? WorkflowRetention, string File)
{
    /// <summary>spec.metrics; null where there is none, which means metrics as by default.</summary>
    public MetricsSettings? Metrics { get; init; }

    /// <summary>spec.accessControl; null where everybody may call everything.</summary>
    public AccessControl? AccessControl { get; init; }

    /// <summary>This one with what another, read after it, says instead: as daprd reads several <c>--config</c>.</summary>
    public ConfigurationResource With(ConfigurationResource later) => this with
    {
        Tracing = later.Tracing ?? Tracing,
        Metrics = later.Metrics ?? Metrics,
        WorkflowRetention = later.WorkflowRetention ?? WorkflowRetention,
        AccessControl = later.AccessControl ?? AccessControl,
    };
}
