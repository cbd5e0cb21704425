using Contracts;
using Contracts.Events;
using Dapr.Workflow;

namespace Orders.Orchestrating;

/// <summary>What <see cref="FulfilOrder"/> is started with.</summary>
internal sealed record FulfilOrderInput(
    string OrderId, string CustomerId, IReadOnlyList<OrderLine> Lines, long TotalCents, WorkflowRetries Retries, DateTimeOffset? PlacedAt = null)
{
    /// <summary>The order as it was placed; null in workflows that were started before they were told when that was.</summary>
    public OrderPlaced? ToPlaced() =>
        PlacedAt is { } placedAt ? new OrderPlaced(OrderId, CustomerId, Patterns.Workflow, Lines, TotalCents, placedAt) : null;
}

/// <summary>
/// The saga of one order: reserve the stock, issue the invoice, confirm the order (the pivot: nothing is undone from here on but by the
/// customer), ship. Orders' database decides, here as everywhere: ConfirmOrder answers Cancelled where a customer was faster, so that the
/// event <see cref="CancelEvent"/> only spares the steps that are still to come.
/// </summary>
internal sealed class FulfilOrder : Workflow<FulfilOrderInput, OrderOutcome>
{
    /// <summary>The external event by which a customer's cancellation is told; its payload is the reason code.</summary>
    public const string CancelEvent = "cancel";

    public override async Task<OrderOutcome> RunAsync(WorkflowContext context, FulfilOrderInput input)
    {
        var cancel = context.WaitForExternalEventAsync<string>(CancelEvent);
        var invoiced = await ReserveAndInvoiceAsync(context, input, cancel);
        var decision = await DecideAsync(context, input, invoiced);
        var attention = await Alignment.RunAsync(context, input.OrderId, decision, input.Retries);
        return new OrderOutcome(decision.Status, attention);
    }

    private static async Task<StepResult> ReserveAndInvoiceAsync(WorkflowContext context, FulfilOrderInput input, Task cancel)
    {
        var options = input.Retries.Step.ToOptions();
        var reserved = await TryAsync(
            nameof(ReserveStock),
            () => context.CallActivityAsync<StepResult>(
                nameof(ReserveStock), new ReserveStockInput(input.OrderId, input.Lines, input.ToPlaced()), options),
            cancel);
        return !reserved.IsDone
            ? reserved
            : await TryAsync(
                nameof(IssueInvoice),
                () => context.CallActivityAsync<StepResult>(
                    nameof(IssueInvoice), new IssueInvoiceInput(input.OrderId, input.CustomerId, input.TotalCents), options),
                cancel);
    }

    private static async Task<OrderDecision> DecideAsync(WorkflowContext context, FulfilOrderInput input, StepResult invoiced)
    {
        if (invoiced.IsDone)
        {
            try
            {
                return await context.CallActivityAsync<OrderDecision>(
                    nameof(ConfirmOrder), new ConfirmOrderInput(input.OrderId, invoiced.InvoiceNumber!), input.Retries.Step.ToOptions());
            }
            catch (WorkflowTaskFailedException)
            {
                invoiced = StepResult.GivenUp(nameof(ConfirmOrder));
            }
        }

        // Decides only what is not decided yet: an order that ConfirmOrder did confirm, its answer lost, stays confirmed.
        return await OwnDatabase.CallAsync(
            context, nameof(CancelOrder), new CancelOrderInput(input.OrderId, invoiced.ReasonCode!, invoiced.Detail!), input.Retries);
    }

    // A step that is given up because of a cancellation goes on by itself and is told by its tombstone that it came too late.
    private static async Task<StepResult> TryAsync(string name, Func<Task<StepResult>> call, Task cancel)
    {
        if (cancel.IsCompleted)
        {
            return StepResult.CustomerCancelled;
        }

        try
        {
            var step = call();
            return await Task.WhenAny(step, cancel) == step ? await step : StepResult.CustomerCancelled;
        }
        catch (WorkflowTaskFailedException)
        {
            return StepResult.GivenUp(name);
        }
    }
}
