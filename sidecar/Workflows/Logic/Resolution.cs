using Wire.Workflow;
using Case = Wire.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Sidecar.Workflows.Logic;

/// <summary>What an event settles: the answer of an activity or a child, the firing of a timer.</summary>
internal static class Resolution
{
    /// <summary>The id of what an event settles; null for other events. Ids of activities, children and timers are apart.</summary>
    public static int? IdOf(HistoryEvent e) => e.EventTypeCase switch
    {
        Case.TaskCompleted => e.TaskCompleted.TaskScheduledId,
        Case.TaskFailed => e.TaskFailed.TaskScheduledId,
        Case.ChildWorkflowInstanceCompleted => e.ChildWorkflowInstanceCompleted.TaskScheduledId,
        Case.ChildWorkflowInstanceFailed => e.ChildWorkflowInstanceFailed.TaskScheduledId,
        Case.TimerFired => e.TimerFired.TimerId,
        _ => null,
    };

    /// <summary>True if some of these inbox entries settle what has this id, in one of two ways.</summary>
    public static bool IsAmong(List<InboxEntry> inbox, int from, int to, int id, Case done, Case failed)
    {
        for (var i = from; i < to; i++)
        {
            var e = inbox[i].Event;
            if ((e.EventTypeCase == done || e.EventTypeCase == failed) && IdOf(e) == id)
            {
                return true;
            }
        }
        return false;
    }
}
