using Dapr.Common;

namespace Dapr.Workflow.Registration;

/// <summary>Goes on configuring a worker and its client.</summary>
public interface IDaprWorkflowBuilder : IDaprServiceBuilder;
