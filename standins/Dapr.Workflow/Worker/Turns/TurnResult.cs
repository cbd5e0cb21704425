using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>What a turn came to.</summary>
/// <param name="Actions">What the code asks for anew.</param>
/// <param name="CustomStatus">Serialized; null for none.</param>
/// <param name="Version">Which patches it took.</param>
/// <param name="Ended">The code's task; completed where the code has ended, else the instance waits.</param>
internal sealed record TurnResult(
    IReadOnlyList<Proto.WorkflowAction> Actions, string? CustomStatus, Proto.WorkflowVersion? Version, Task<object?>? Ended);

/// <summary>How an instance began.</summary>
/// <param name="Name">The workflow.</param>
/// <param name="Input">Serialized; null or empty for none.</param>
/// <param name="AppId">The instance's app; null where the history does not tell.</param>
/// <param name="Clock">The time as the code began.</param>
/// <param name="Trace">The trace that it belongs to.</param>
internal sealed record TurnStart(string Name, string? Input, string? AppId, DateTime Clock, Proto.TraceContext? Trace);
