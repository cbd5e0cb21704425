using Consistency.Storage;
using Consistency.Telemetry;
using Contracts.Ordering;
using Orders.Settling;
using Orders.Storage;

namespace Orders.Orchestrating;

/// <summary>
/// What workflows write into Orders' database. Every write looks at the order first, so that one done twice, late or by two workflows at
/// once is done once; all answer with what is decided now.
/// </summary>
internal static class OrderDecisions
{
    public static OrderDecision Confirm(UnitOfWork<OrdersDb> work, ConfirmOrderInput input)
    {
        var order = Find(work.Db, input.OrderId);
        if (order.Status == OrderStatuses.Pending)
        {
            OrderTransitions.Confirm(work, order, input.InvoiceNumber);
            work.AfterCommit(static meter => meter.WorkflowEnded(WorkflowOutcomes.Confirmed));
        }

        return Decision(order);
    }

    public static OrderDecision Cancel(UnitOfWork<OrdersDb> work, CancelOrderInput input)
    {
        var order = Find(work.Db, input.OrderId);
        if (order.Status == OrderStatuses.Pending)
        {
            OrderTransitions.Cancel(work, order, input.ReasonCode, input.Detail);
            work.AfterCommit(static meter => meter.WorkflowEnded(WorkflowOutcomes.Cancelled));
        }

        return Decision(order);
    }

    public static OrderDecision Read(OrdersDb db, string orderId) => Decision(Find(db, orderId));

    /// <summary>
    /// Not where the decision has changed since, or another workflow has carried it out: then this failure is of no concern any more.
    /// </summary>
    public static OrderDecision NeedAttention(UnitOfWork<OrdersDb> work, NeedAttentionInput input)
    {
        var order = Find(work.Db, input.OrderId);
        if (order.Status == input.Status && order.SettledStatus != input.Status)
        {
            if (order.AttentionSince is null)
            {
                work.AfterCommit(static meter => meter.WorkflowEnded(WorkflowOutcomes.Attention));
            }

            (order.AttentionStep, order.AttentionReason, order.Settling) = (input.Step, input.Reason, false);
            order.AttentionSince ??= work.Now;
            OrderTransitions.Touch(work, order);
        }

        return Decision(order);
    }

    /// <summary>Not where the decision has changed since: another workflow carries the new one out.</summary>
    public static OrderDecision MarkSettled(UnitOfWork<OrdersDb> work, MarkSettledInput input)
    {
        var order = Find(work.Db, input.OrderId);
        if (order.Status == input.Status && order.SettledStatus != input.Status)
        {
            (order.SettledStatus, order.Settling) = (input.Status, false);
            work.AfterCommit(static meter => meter.WorkflowEnded(WorkflowOutcomes.Settled));
            if (order.AttentionStep is not null)
            {
                (order.AttentionStep, order.AttentionReason, order.AttentionSince) = (null, null, null);
                OrderTransitions.Touch(work, order);
            }
        }

        return Decision(order);
    }

    private static OrderDecision Decision(Order order) => new(order.Status, order.ReasonCode);

    private static Order Find(OrdersDb db, string orderId) =>
        db.FindOrder(orderId)
        ?? throw new InvalidOperationException($"A workflow works for order '{orderId}', which is not here: this database has lost it.");
}
