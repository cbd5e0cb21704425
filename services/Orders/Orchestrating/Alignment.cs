using Contracts.Ordering;
using Dapr.Workflow;

namespace Orders.Orchestrating;

/// <summary>
/// Brings the other services in line with a decision: Confirmed is shipped; Cancelled is undone, in reverse order of the steps. A step that
/// keeps failing does not keep the others from being done; the order then needs attention.
/// </summary>
internal static class Alignment
{
    private static readonly IReadOnlyList<string> Completion = [nameof(CommitReservation)];

    // All compensations, whichever steps were called: they count as registered before the first step. What came of a step may be unknown,
    // and one that the history does not know may still run, since an engine hands an activity out before the turn that scheduled it is
    // saved (durabletask-go). Where there is nothing to undo yet, a compensation leaves a tombstone.
    private static readonly IReadOnlyList<string> Compensations = [nameof(VoidInvoice), nameof(ReleaseStock)];

    /// <summary>Null, or the steps that need attention.</summary>
    public static async Task<string?> RunAsync(WorkflowContext context, string orderId, OrderDecision decision, WorkflowRetries retries)
    {
        var input = new AlignInput(orderId, decision.ReasonCode);
        List<string> failedSteps = [];
        List<string> reasons = [];
        foreach (var step in decision.Status == OrderStatuses.Confirmed ? Completion : Compensations)
        {
            try
            {
                await context.CallActivityAsync<string>(step, input, retries.Undo.ToOptions());
            }
            catch (WorkflowTaskFailedException e)
            {
                failedSteps.Add(step);
                reasons.Add(StepResult.Describe(step, e));
                await OwnDatabase.CallAsync(
                    context,
                    nameof(NeedAttention),
                    new NeedAttentionInput(orderId, decision.Status, string.Join(", ", failedSteps), string.Join(" ", reasons)),
                    retries);
            }
        }

        return failedSteps.Count == 0 ? null : string.Join(", ", failedSteps);
    }
}
