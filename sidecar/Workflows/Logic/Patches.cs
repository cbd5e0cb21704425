using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>
/// Versions of workflow code by patches, as daprd checks them: what a turn's code has taken must begin with what the turns before it
/// took, in the same order.
/// </summary>
internal static class Patches
{
    /// <summary>Why an answer does not fit the history; null where it does.</summary>
    public static string? Mismatch(List<string> history, WorkflowVersion? version)
    {
        if (history.Count == 0)
        {
            return null;
        }
        var current = version?.Patches ?? [];
        return current.Count >= history.Count && history.SequenceEqual(current.Take(history.Count))
            ? null
            : $"Patch mismatch. History patches: [{string.Join(", ", history)}], current patches: [{string.Join(", ", current)}]. ";
    }

    /// <summary>What the turn's first event says: the patches new in that turn, without the code's name; null where there are none.</summary>
    public static WorkflowVersion? New(List<string> history, WorkflowVersion? version)
    {
        var patches = version?.Patches.Skip(history.Count).ToList() ?? [];
        return patches.Count == 0 ? null : new WorkflowVersion { Patches = { patches } };
    }
}
