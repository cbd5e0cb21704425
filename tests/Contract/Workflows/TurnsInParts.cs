using Wire.Workflow;

namespace Tests.Contract.Workflows;

/// <summary>
/// Makes one turn of several: how the results of a fan-out are shared out among turns is a matter of milliseconds, so that the recordings
/// hold one turn with all of them. A worker's answer to only some of them is that it goes on waiting. From then on the instance's history
/// may have more turns in it than the recorded one, so that the beginnings of turns, and only they, are not compared any more.
/// </summary>
internal sealed class TurnsInParts(RecordedWorker worker, Func<WorkflowResponse, Task> answer)
{
    private readonly HashSet<string> _inParts = new(StringComparer.Ordinal);

    /// <summary>The work that must be <paramref name="expected"/>, which loses what is not to be compared.</summary>
    public async Task<WorkItem> TakeAsync(WorkItem expected)
    {
        var item = await worker.TakeAsync(expected);
        if (item.WorkflowRequest is not { } turn)
        {
            return item;
        }
        if (turn.PastEvents.Count == 0)
        {
            _inParts.Remove(turn.InstanceId);
        }
        while (IsPart(turn, expected.WorkflowRequest))
        {
            _inParts.Add(turn.InstanceId);
            await answer(new WorkflowResponse { InstanceId = turn.InstanceId });
            turn.NewEvents.Add((await worker.TakeAsync(expected)).WorkflowRequest.NewEvents);
        }
        if (_inParts.Contains(turn.InstanceId))
        {
            WithoutBeginnings(turn);
            WithoutBeginnings(expected.WorkflowRequest);
        }
        return item;
    }

    private static bool IsPart(WorkflowRequest turn, WorkflowRequest expected) =>
        turn.NewEvents.All(e => e.WorkflowStarted is not null || e.TaskCompleted is not null)
        && turn.NewEvents.Count(IsNoBeginning) < expected.NewEvents.Count(IsNoBeginning);

    private static bool IsNoBeginning(HistoryEvent e) => e.WorkflowStarted is null;

    private static void WithoutBeginnings(WorkflowRequest turn)
    {
        foreach (var events in new[] { turn.PastEvents, turn.NewEvents })
        {
            var kept = events.Where(IsNoBeginning).ToList();
            events.Clear();
            events.AddRange(kept);
        }
    }
}
