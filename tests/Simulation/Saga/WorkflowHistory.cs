using System.Text.Json;

namespace Tests.Simulation.Saga;

/// <summary>What a workflow asked for.</summary>
internal abstract record WorkflowAction(int Id);

internal sealed record ActivityAction(int Id, string Name, string Input) : WorkflowAction(Id);

internal sealed record TimerAction(int Id, DateTime FireAt) : WorkflowAction(Id);

/// <summary>What came of it.</summary>
internal abstract record WorkflowEvent(DateTime At);

internal sealed record ActivityCompleted(DateTime At, int Id, string Result) : WorkflowEvent(At);

internal sealed record ActivityFailed(DateTime At, int Id, string ErrorType, string ErrorMessage) : WorkflowEvent(At);

internal sealed record TimerFired(DateTime At, int Id) : WorkflowEvent(At);

internal sealed record EventRaised(DateTime At, string Name, string Payload) : WorkflowEvent(At);

/// <summary>A workflow instance as an engine keeps it: nothing but its history survives from turn to turn.</summary>
internal sealed class WorkflowInstance(string workflow, string instanceId, string input, DateTime startedAt)
{
    public string Workflow => workflow;

    public string InstanceId => instanceId;

    public string Input => input;

    public DateTime StartedAt => startedAt;

    public List<WorkflowEvent> Events { get; } = [];

    public List<WorkflowAction> Actions { get; } = [];

    public string? Output { get; set; }

    public string? Failure { get; set; }

    public bool HasEnded => Output is not null || Failure is not null;

    public T ReadOutput<T>() => JsonSerializer.Deserialize<T>(Output!, JsonSerializerOptions.Web)!;
}

/// <summary>The workflow's code asked for other actions than its history says.</summary>
public sealed class NotDeterministicException(string message) : Exception(message);
