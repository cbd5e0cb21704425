using System.Diagnostics.CodeAnalysis;

namespace Dapr.Workflow;

/// <summary>What callers handed on of their histories, one entry per workflow, the outermost first.</summary>
/// <param name="events">The entries.</param>
public sealed class PropagatedHistory(IReadOnlyList<PropagatedHistoryEvent> events)
{
    /// <summary>The entries.</summary>
    public IReadOnlyList<PropagatedHistoryEvent> Events { get; } =
        events ?? throw new ArgumentNullException(nameof(events));

    /// <summary>The apps of the entries, each once.</summary>
    public IReadOnlyList<string> GetAppIds() =>
        [.. Events.Select(entry => entry.AppId).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The entries of a workflow.</summary>
    /// <param name="name">Its name, compared without case.</param>
    public IReadOnlyList<PropagatedHistoryEvent> GetEventsByWorkflowName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return [.. Events.Where(entry => Same(entry.Name, name))];
    }

    /// <summary>The last entry of a workflow.</summary>
    /// <param name="name">Its name, compared without case.</param>
    /// <param name="result">The entry.</param>
    public bool TryGetLastWorkflowEventByName(string name, [NotNullWhen(true)] out PropagatedHistoryEvent? result)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        result = Events.LastOrDefault(entry => Same(entry.Name, name));
        return result is not null;
    }

    /// <summary>The entries of an app.</summary>
    /// <param name="appId">Its id, compared without case.</param>
    public IReadOnlyList<PropagatedHistoryEvent> GetByAppId(string appId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(appId);
        return [.. Events.Where(entry => Same(entry.AppId, appId))];
    }

    /// <summary>The entries of an instance.</summary>
    /// <param name="instanceId">Its id, compared exactly.</param>
    public IReadOnlyList<PropagatedHistoryEvent> GetByInstanceId(string instanceId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        return [.. Events.Where(entry => string.Equals(entry.InstanceId, instanceId, StringComparison.Ordinal))];
    }

    internal static bool Same(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
