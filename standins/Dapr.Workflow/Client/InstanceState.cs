using Dapr.Common.Serialization;

namespace Dapr.Workflow.Client;

/// <summary>What the sidecar tells about an instance. Payloads are serialized; null or empty for none.</summary>
internal sealed record InstanceState(
    string Name,
    WorkflowRuntimeStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUpdatedAt,
    string? Input,
    string? Output,
    string? CustomStatus,
    WorkflowTaskFailureDetails? FailureDetails,
    IDaprSerializer Serializer);
