using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>
/// Which changes of the code an instance takes. The history keeps the patches of each turn; the answer lists all that the code asked
/// for and takes, as often as it asked, because the sidecar compares the answer with the history entry by entry.
/// </summary>
internal sealed class Patches
{
    private readonly HashSet<string> inHistory = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> decided = new(StringComparer.Ordinal);
    private readonly List<string> taken = [];

    /// <summary>Takes note of what a past turn took.</summary>
    public void Add(Proto.WorkflowStartedEvent turn)
    {
        if (turn.Version is { } version)
        {
            inHistory.UnionWith(version.Patches);
        }
    }

    /// <summary>Whether the code takes the change: yes where it was taken before, or where it comes here for the first time.</summary>
    public bool Take(string name, bool replaying)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!decided.TryGetValue(name, out var take))
        {
            take = inHistory.Contains(name) || !replaying;
            decided.Add(name, take);
        }

        if (take)
        {
            taken.Add(name);
        }

        return take;
    }

    /// <summary>What the answer says; null where the code knows no patches.</summary>
    public Proto.WorkflowVersion? Version(string workflowName) =>
        taken.Count == 0 ? null : new Proto.WorkflowVersion { Name = workflowName, Patches = { taken } };
}
