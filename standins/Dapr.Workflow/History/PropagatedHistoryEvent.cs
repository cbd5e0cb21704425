using System.Diagnostics.CodeAnalysis;

namespace Dapr.Workflow;

/// <summary>What one workflow handed on of its history.</summary>
/// <param name="instanceId">Its instance.</param>
/// <param name="appId">Its app.</param>
/// <param name="name">Its name.</param>
/// <param name="activities">The activities that it called.</param>
/// <param name="childWorkflows">The workflows that it called.</param>
public sealed class PropagatedHistoryEvent(
    string instanceId,
    string appId,
    string name,
    IReadOnlyList<PropagatedHistoryActivityResult> activities,
    IReadOnlyList<PropagatedHistoryWorkflowResult> childWorkflows)
{
    /// <summary>Its instance.</summary>
    public string InstanceId { get; } = instanceId ?? throw new ArgumentNullException(nameof(instanceId));

    /// <summary>Its app.</summary>
    public string AppId { get; } = appId ?? throw new ArgumentNullException(nameof(appId));

    /// <summary>Its name.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>The activities that it called, in their order.</summary>
    public IReadOnlyList<PropagatedHistoryActivityResult> Activities { get; } =
        activities ?? throw new ArgumentNullException(nameof(activities));

    /// <summary>The workflows that it called, in their order.</summary>
    public IReadOnlyList<PropagatedHistoryWorkflowResult> Workflows { get; } =
        childWorkflows ?? throw new ArgumentNullException(nameof(childWorkflows));

    /// <summary>The calls of an activity.</summary>
    /// <param name="name">Its name, compared without case.</param>
    public IReadOnlyList<PropagatedHistoryActivityResult> GetActivitiesByName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return [.. Activities.Where(activity => PropagatedHistory.Same(activity.Name, name))];
    }

    /// <summary>The last call of an activity.</summary>
    /// <param name="name">Its name, compared without case.</param>
    /// <param name="result">The call.</param>
    public bool TryGetLastActivityByName(string name, [NotNullWhen(true)] out PropagatedHistoryActivityResult? result)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        result = Activities.LastOrDefault(activity => PropagatedHistory.Same(activity.Name, name));
        return result is not null;
    }

    /// <summary>The calls of a workflow.</summary>
    /// <param name="name">Its name, compared without case.</param>
    public IReadOnlyList<PropagatedHistoryWorkflowResult> GetWorkflowsByName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return [.. Workflows.Where(workflow => PropagatedHistory.Same(workflow.Name, name))];
    }

    /// <summary>The last call of a workflow.</summary>
    /// <param name="name">Its name, compared without case.</param>
    /// <param name="result">The call.</param>
    public bool TryGetLastWorkflowByName(string name, [NotNullWhen(true)] out PropagatedHistoryWorkflowResult? result)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        result = Workflows.LastOrDefault(workflow => PropagatedHistory.Same(workflow.Name, name));
        return result is not null;
    }
}
