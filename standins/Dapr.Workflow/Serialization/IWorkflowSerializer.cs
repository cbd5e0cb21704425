using Dapr.Common.Serialization;

namespace Dapr.Workflow.Serialization;

/// <summary>The older name of <see cref="IDaprSerializer"/>; one that is registered is taken.</summary>
public interface IWorkflowSerializer : IDaprSerializer;
