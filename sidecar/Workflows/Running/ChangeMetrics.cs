using Sidecar.Telemetry.Metrics;
using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Running;

/// <summary>Counts what a stored change has brought about.</summary>
internal static class ChangeMetrics
{
    /// <summary>Counts activities and workflows that have begun or ended.</summary>
    /// <param name="meter">The metrics; null where they are off.</param>
    /// <param name="change">What was stored.</param>
    /// <param name="state">The instance after it; null where it is forgotten, by a change of its own.</param>
    public static void Count(SidecarMeter? meter, InstanceChange change, InstanceState? state)
    {
        if (meter is null || state is null)
        {
            return;
        }
        var start = state.Start;
        var name = start.ExecutionStarted.Name;
        foreach (var (activity, success, elapsed) in change.Activities)
        {
            meter.ActivityEnded(activity, success, elapsed);
        }
        if (change.Scheduled is { } waited)
        {
            meter.WorkflowScheduled(name, waited);
        }
        foreach (var e in change.History)
        {
            if (e.TaskScheduled is { } scheduled)
            {
                meter.ActivityScheduled(scheduled.Name);
            }
            else if (e.ExecutionCompleted is { } completed)
            {
                meter.WorkflowEnded(name, StatusOf(completed), e.Timestamp.ToDateTimeOffset() - start.Timestamp.ToDateTimeOffset());
            }
        }
    }

    private static string StatusOf(ExecutionCompletedEvent completed) => completed.WorkflowStatus switch
    {
        OrchestrationStatus.Completed => SidecarMeter.Success,
        OrchestrationStatus.Terminated => SidecarMeter.Terminated,
        _ => SidecarMeter.Failed,
    };
}
