using Consistency.Storage;
using Dapr.Workflow;
using Orders.Storage;

namespace Orders.Orchestrating;

internal sealed record ConfirmOrderInput(string OrderId, string InvoiceNumber);

/// <summary>The pivot: confirms the order, unless it is decided already.</summary>
internal sealed class ConfirmOrder(WriteQueue<OrdersDb> writes) : WorkflowActivity<ConfirmOrderInput, OrderDecision>
{
    public override Task<OrderDecision> RunAsync(WorkflowActivityContext context, ConfirmOrderInput input) =>
        writes.ExecuteAsync(work => OrderDecisions.Confirm(work, input));
}

internal sealed record CancelOrderInput(string OrderId, string ReasonCode, string Detail);

/// <summary>Cancels the order, unless it is decided already.</summary>
internal sealed class CancelOrder(WriteQueue<OrdersDb> writes) : WorkflowActivity<CancelOrderInput, OrderDecision>
{
    public override Task<OrderDecision> RunAsync(WorkflowActivityContext context, CancelOrderInput input) =>
        writes.ExecuteAsync(work => OrderDecisions.Cancel(work, input));
}

/// <summary>What is decided about the order.</summary>
internal sealed class ReadDecision(Database<OrdersDb> database) : WorkflowActivity<string, OrderDecision>
{
    public override Task<OrderDecision> RunAsync(WorkflowActivityContext context, string input) =>
        Task.FromResult(database.Read(db => OrderDecisions.Read(db, input)));
}

/// <summary>A decision that could not be carried out.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="Status">The decision.</param>
/// <param name="Step">The steps that failed.</param>
/// <param name="Reason">What they met with.</param>
internal sealed record NeedAttentionInput(string OrderId, string Status, string Step, string Reason);

/// <summary>Makes visible that the order waits for an operator.</summary>
internal sealed class NeedAttention(WriteQueue<OrdersDb> writes, ILogger<NeedAttention> logger)
    : WorkflowActivity<NeedAttentionInput, OrderDecision>
{
    public override async Task<OrderDecision> RunAsync(WorkflowActivityContext context, NeedAttentionInput input)
    {
        logger.AttentionNeeded(input.OrderId, input.Status, input.Step, input.Reason);
        return await writes.ExecuteAsync(work => OrderDecisions.NeedAttention(work, input));
    }
}

internal sealed record MarkSettledInput(string OrderId, string Status);

/// <summary>All services are in line with the decision: no operator is needed, or no longer.</summary>
internal sealed class MarkSettled(WriteQueue<OrdersDb> writes) : WorkflowActivity<MarkSettledInput, OrderDecision>
{
    public override Task<OrderDecision> RunAsync(WorkflowActivityContext context, MarkSettledInput input) =>
        writes.ExecuteAsync(work => OrderDecisions.MarkSettled(work, input));
}

internal static partial class OwnStepsLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Order {OrderId} is {Status}, but needs attention: {Step}. {Reason}")]
    public static partial void AttentionNeeded(this ILogger logger, string orderId, string status, string step, string reason);
}
