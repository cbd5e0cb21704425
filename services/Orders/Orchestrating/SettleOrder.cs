using Contracts.Ordering;
using Dapr.Workflow;

namespace Orders.Orchestrating;

/// <summary>What <see cref="SettleOrder"/> is started with.</summary>
internal sealed record SettleOrderInput(string OrderId, WorkflowRetries Retries);

/// <summary>
/// Brings the other services in line with what Orders' database has decided: after a cancellation that came when the order was confirmed,
/// or that no running workflow could be told of, and on an operator's retry.
/// </summary>
internal sealed class SettleOrder : Workflow<SettleOrderInput, OrderOutcome>
{
    public override async Task<OrderOutcome> RunAsync(WorkflowContext context, SettleOrderInput input)
    {
        var decision = await OwnDatabase.CallAsync(context, nameof(ReadDecision), input.OrderId, input.Retries);
        if (decision.Status == OrderStatuses.Pending)
        {
            return new OrderOutcome(decision.Status, Attention: null);
        }

        var attention = await Alignment.RunAsync(context, input.OrderId, decision, input.Retries);
        if (attention is null)
        {
            await OwnDatabase.CallAsync(context, nameof(MarkSettled), new MarkSettledInput(input.OrderId, decision.Status), input.Retries);
        }

        return new OrderOutcome(decision.Status, attention);
    }
}
