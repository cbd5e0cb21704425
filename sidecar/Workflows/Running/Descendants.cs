using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Running;

/// <summary>The children of an instance, their children and so on, as their histories tell.</summary>
internal static class Descendants
{
    /// <summary>A descendant that has not ended; null where all have or are gone.</summary>
    public static string? FirstActive(IEnumerable<HistoryEvent> history, EngineContext context)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var toSee = new Stack<string>(Children.Of(history));
        while (toSee.TryPop(out var id))
        {
            // A workflow may have itself among its children's children.
            if (!seen.Add(id) || context.Store.Instance(id) is not { } stored)
            {
                continue;
            }
            if (!stored.Row.IsFinished)
            {
                return id;
            }
            foreach (var child in Children.Of(stored.State.History))
            {
                toSee.Push(child);
            }
        }
        return null;
    }
}
