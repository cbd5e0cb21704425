using System.Diagnostics;
using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker;

/// <summary>
/// The trace that work belongs to: it is current while the work runs, so that the calls that it makes and the logs that it writes
/// belong to it. Activities are spans of the source <c>Dapr.Workflow</c>; turns are not, for a replay would repeat them.
/// </summary>
internal readonly struct WorkTrace : IDisposable
{
    private static readonly ActivitySource Source = new("Dapr.Workflow");

    private readonly Activity? activity;
    private readonly Activity? outer;

    private WorkTrace(Activity? activity, Activity? outer)
    {
        this.activity = activity;
        this.outer = outer;
    }

    /// <summary>Begins an activity's span where the call carries a trace.</summary>
    public static WorkTrace StartActivity(Proto.ActivityRequest request)
    {
        var before = Activity.Current;
        var (parent, state) = (request.ParentTraceContext?.TraceParent, request.ParentTraceContext?.TraceState);
        var name = "WorkflowActivity " + request.Name;
        var started = ActivityContext.TryParse(parent, state, isRemote: true, out var context)
            ? Source.StartActivity(name, ActivityKind.Internal, context)
            : null;
        return new WorkTrace(started ?? Carry(name, parent, state), before);
    }

    /// <summary>Makes the trace current that an instance was started with.</summary>
    public static WorkTrace StartTurn(Proto.TraceContext? parent)
    {
        var before = Activity.Current;
        return new WorkTrace(Carry("WorkflowOrchestrationTurn", parent?.TraceParent, parent?.TraceState), before);
    }

    /// <summary>The work failed.</summary>
    public void Fail() => activity?.SetStatus(ActivityStatusCode.Error);

    /// <inheritdoc />
    public void Dispose()
    {
        if (activity is not null)
        {
            activity.Dispose();
            Activity.Current = outer;
        }
    }

    /// <summary>A span that nobody records, for its ids only.</summary>
    private static Activity? Carry(string name, string? parent, string? state)
    {
        if (string.IsNullOrEmpty(parent))
        {
            return null;
        }

        var carrier = new Activity(name).SetParentId(parent);
        carrier.TraceStateString = string.IsNullOrEmpty(state) ? null : state;
        return carrier.Start();
    }
}
