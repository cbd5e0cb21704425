using Contracts;
using Contracts.Events;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;
using Dapr.Workflow;

namespace Orders.Orchestrating;

/// <param name="OrderId">Order.</param>
/// <param name="Lines">What to hold.</param>
/// <param name="Order">The whole order, for Inventory to keep; null in workflows that were started before it was sent.</param>
internal sealed record ReserveStockInput(string OrderId, IReadOnlyList<OrderLine> Lines, OrderPlaced? Order = null);

/// <summary>Inventory holds all lines of the order, or none.</summary>
internal sealed class ReserveStock(StepClient client) : WorkflowActivity<ReserveStockInput, StepResult>
{
    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, ReserveStockInput input)
    {
        var request = new ReservationRequest([.. input.Lines.Select(l => new PlaceOrderLine(l.Sku, l.Quantity))], input.Order);
        var outcome = await client.CallAsync<ReservationOutcome>(
            context, nameof(ReserveStock), AppIds.Inventory, HttpMethod.Put, $"/reservations/{input.OrderId}", request);
        return outcome.Status switch
        {
            ReservationStatuses.Reserved or ReservationStatuses.Shipped => StepResult.Done(),
            ReservationStatuses.Rejected or ReservationStatuses.Released or ReservationStatuses.NeverReserved =>
                StepResult.Refused(outcome.ReasonCode, outcome.Detail),
            _ => throw StepFailedException.Unknown(AppIds.Inventory, outcome.Status),
        };
    }
}

internal sealed record IssueInvoiceInput(string OrderId, string CustomerId, long TotalCents);

/// <summary>Invoices issues the order's invoice, unless credit forbids it.</summary>
internal sealed class IssueInvoice(StepClient client) : WorkflowActivity<IssueInvoiceInput, StepResult>
{
    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, IssueInvoiceInput input)
    {
        var outcome = await client.CallAsync<InvoiceOutcome>(
            context,
            nameof(IssueInvoice),
            AppIds.Invoices,
            HttpMethod.Post,
            $"/invoices/{input.OrderId}/issue",
            new IssueRequest(input.CustomerId, input.TotalCents));
        return outcome.Status switch
        {
            InvoiceStatuses.Issued => StepResult.Done(outcome.Number),
            InvoiceStatuses.Refused or InvoiceStatuses.Voided or InvoiceStatuses.NeverIssued =>
                StepResult.Refused(outcome.ReasonCode, outcome.Detail),
            _ => throw StepFailedException.Unknown(AppIds.Invoices, outcome.Status),
        };
    }
}

/// <summary>What is done after the decision.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="ReasonCode">Why it was cancelled; null where it is confirmed.</param>
internal sealed record AlignInput(string OrderId, string? ReasonCode);

/// <summary>The reserved pieces leave. Where they were released meanwhile, the customer has cancelled, and that stands.</summary>
internal sealed class CommitReservation(StepClient client) : WorkflowActivity<AlignInput, string>
{
    public override async Task<string> RunAsync(WorkflowActivityContext context, AlignInput input)
    {
        var outcome = await client.CallAsync<ReservationOutcome>(
            context, nameof(CommitReservation), AppIds.Inventory, HttpMethod.Post, $"/reservations/{input.OrderId}/commit", body: null);
        return outcome.Status is ReservationStatuses.Shipped or ReservationStatuses.Released
            ? outcome.Status
            : throw new StepFailedException($"Inventory holds nothing for confirmed order '{input.OrderId}': its reservation is {outcome.Status}.");
    }
}

/// <summary>Undoes <see cref="IssueInvoice"/>, also one that is still on its way.</summary>
internal sealed class VoidInvoice(StepClient client) : WorkflowActivity<AlignInput, string>
{
    public override async Task<string> RunAsync(WorkflowActivityContext context, AlignInput input) =>
        (await client.CallAsync<InvoiceOutcome>(
            context,
            nameof(VoidInvoice),
            AppIds.Invoices,
            HttpMethod.Post,
            $"/invoices/{input.OrderId}/void",
            new VoidRequest($"The order was cancelled: {input.ReasonCode}."))).Status;
}

/// <summary>Undoes <see cref="ReserveStock"/>, also one that is still on its way, and <see cref="CommitReservation"/>.</summary>
internal sealed class ReleaseStock(StepClient client) : WorkflowActivity<AlignInput, string>
{
    public override async Task<string> RunAsync(WorkflowActivityContext context, AlignInput input) =>
        (await client.CallAsync<ReservationOutcome>(
            context,
            nameof(ReleaseStock),
            AppIds.Inventory,
            HttpMethod.Post,
            $"/reservations/{input.OrderId}/release",
            new ReleaseRequest(input.ReasonCode))).Status;
}
