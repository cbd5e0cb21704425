using System.Diagnostics;
using Consistency.Feeds;
using Consistency.Outbox;
using Consistency.Repairs;
using Consistency.Storage;
using Consistency.Telemetry;
using Contracts;
using Contracts.Feeds;
using Contracts.Ordering;
using Orders.Storage;
using ServiceDefaults.Syncing;

namespace Orders.Orchestrating;

/// <summary>
/// Starts workflows again that the engine has lost, or that failed or were ended by force, for orders that nobody else brings to their end:
/// those that are not decided, and those whose decision a workflow is to carry out. Orders whose decision is not carried out for another reason
/// are brought in line by the other services, which read it. A workflow that fails again and again (a fault in its code, or an engine that
/// refuses it) is started again after pauses that double, so that it is neither given up nor goes round in circles.
/// </summary>
internal sealed class LostWorkflows(
    Database<OrdersDb> database, WriteQueue<OrdersDb> writes, ChangeFeed<OrdersDb> feed, IWorkflowEngine engine, SyncSettings settings,
    TimeProvider time)
{
    // Asked about at once. Sketch: 1 ms each, so that a tick takes a tenth of a second of the engine where nothing is lost, and a backlog of
    // 10,000 that wait for a service that is away is gone through in some minutes.
    private const int AskedMax = 100;

    // Where the last tick stopped: those that wait for something else must not keep the others from being asked about.
    private string after = "";

    /// <summary>
    /// Looks at the next few, and starts again what is lost; where most are (the engine was wiped), it goes on at once, for half of the time
    /// that a session has. Where the engine does not answer, nothing is known to be lost.
    /// </summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (await RestartSomeAsync(cancellationToken) > AskedMax / 2 && time.GetElapsedTime(started) < settings.BacklogMax / 2)
        {
        }
    }

    /// <summary>True if the order's newest workflow never came to its end, and never will.</summary>
    public static async Task<bool> IsLostAsync(
        Database<OrdersDb> database, IWorkflowEngine engine, Order order, CancellationToken cancellationToken)
    {
        // Untold: the engine does not know yet, but will.
        if (order.Pattern != Patterns.Workflow || order.SettledStatus == order.Status || database.HasUntoldWorkflow(order.OrderId))
        {
            return false;
        }

        // Whatever an older workflow left undone, the newest does.
        var newest = order.SettleRuns == 0 ? order.OrderId : OrderWorkflows.SettleInstanceId(order.OrderId, order.SettleRuns);
        return await engine.IsGoneAsync(newest, cancellationToken);
    }

    private async Task<int> RestartSomeAsync(CancellationToken cancellationToken)
    {
        var (start, now) = (after, time.GetUtcNow());
        var waiting = database.Read(db => db.FindWaitingWorkflows(start, now, settings.Grace, AskedMax).ToList());
        after = waiting.Count == AskedMax ? waiting[^1].OrderId : "";
        var lost = 0;
        foreach (var order in waiting)
        {
            if (await IsLostAsync(database, engine, order, cancellationToken))
            {
                lost++;
                await StartAgainAsync(order, cancellationToken);
            }
        }

        return lost;
    }

    // In the trace of the order: what the new workflow does belongs there.
    private async Task StartAgainAsync(Order order, CancellationToken cancellationToken)
    {
        var span = Span.Continue("restart", "workflow", ActivityKind.Internal, feed.TraceparentOf(FeedKinds.Order, order.OrderId))
            .With(SpanTags.OrderId, order.OrderId);
        var started = await writes.ExecuteAllAsync(
            [((Func<UnitOfWork<OrdersDb>, bool>)(work => StartAgain(work, order)), span.Traceparent)],
            (_, outcomes) => outcomes[0].Error is { } error ? throw error : outcomes[0].Value,
            cancellationToken);
        if (started)
        {
            span.End();
        }
        else
        {
            // Decided, or started by another instance, meanwhile.
            span.Forget();
        }
    }

    private static bool StartAgain(UnitOfWork<OrdersDb> work, Order seen)
    {
        // Decided while the engine was asked, or started again by another instance that asked, too: then somebody is at work.
        if (work.Db.FindOrder(seen.OrderId) is not { AttentionStep: null } order
            || order.Status != seen.Status || order.WorkflowRestarts != seen.WorkflowRestarts)
        {
            return false;
        }

        OrderWorkflows.StartAgain(work, order);
        order.WorkflowRestarts++;
        work.AfterCommit(static meter => meter.WorkflowEnded(WorkflowOutcomes.Lost));
        RepairLog.Record(
            work,
            FeedKinds.Order,
            order.OrderId,
            order.Pattern,
            $"the order is {order.Status}, and its workflow is lost",
            order.Status == OrderStatuses.Pending ? "started it again" : "started SettleOrder",
            order.ChangedAt);
        return true;
    }
}
