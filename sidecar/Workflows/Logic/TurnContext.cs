using Sidecar.Workflows.Tracing;

namespace Sidecar.Workflows.Logic;

/// <summary>What a turn needs from outside.</summary>
/// <param name="AppId">The app whose workflows these are.</param>
/// <param name="Now">The time.</param>
/// <param name="NewId">Source of ids.</param>
/// <param name="NextSeq">Source of numbers for stored inbox rows, each larger than all before.</param>
internal sealed record TurnContext(string AppId, DateTimeOffset Now, Func<Guid> NewId, Func<long> NextSeq)
{
    /// <summary>Its spans.</summary>
    public WorkflowTracing Tracing { get; init; } = WorkflowTracing.Off;
}
