using Google.Protobuf;
using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>History that a workflow lets its activities and children see, where their scope asks for it.</summary>
internal static class Propagation
{
    /// <summary>What a task may see of an instance's history up to now; null for no scope.</summary>
    public static PropagatedHistory? Assemble(InstanceState state, HistoryPropagationScope scope, string appId) =>
        Assemble(state, scope, appId, state.History.Count);

    /// <summary>What an activity may see: the history up to and including its own event, so that every delivery is the same.</summary>
    public static PropagatedHistory? OfActivity(InstanceState state, HistoryEvent scheduled, string appId) =>
        scheduled.TaskScheduled.HistoryPropagationScope == HistoryPropagationScope.None
            ? null
            : Assemble(state, scheduled.TaskScheduled.HistoryPropagationScope, appId, state.History.IndexOf(scheduled) + 1);

    private static PropagatedHistory? Assemble(InstanceState state, HistoryPropagationScope scope, string appId, int count)
    {
        if (scope == HistoryPropagationScope.None)
        {
            return null;
        }
        var propagated = new PropagatedHistory { Scope = scope };
        if (scope == HistoryPropagationScope.Lineage && state.Incoming is { } received)
        {
            propagated.Chunks.AddRange(received.Chunks);
        }
        var own = new PropagatedHistoryChunk { AppId = appId, InstanceId = state.Id, WorkflowName = state.Start.ExecutionStarted.Name };
        own.RawEvents.AddRange(state.History.Take(count).Select(static e => e.ToByteString()));
        if (count > 0)
        {
            propagated.Chunks.Add(own);
        }
        return propagated;
    }
}
