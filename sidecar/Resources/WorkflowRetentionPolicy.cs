namespace Sidecar.Resources;

/// <summary>
/// How long the state of finished workflows is kept, counted from their end; null for ever. Source: Dapr 1.18, "Configuration spec",
/// <c>spec.workflow.stateRetentionPolicy</c>.
/// </summary>
/// <param name="AnyTerminal">For every end that has no time of its own.</param>
/// <param name="Completed">For those that completed.</param>
/// <param name="Failed">For those that failed.</param>
/// <param name="Terminated">For those that were terminated.</param>
public sealed record WorkflowRetentionPolicy(TimeSpan? AnyTerminal, TimeSpan? Completed, TimeSpan? Failed, TimeSpan? Terminated);
