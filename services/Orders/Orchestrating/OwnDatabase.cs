using Dapr.Workflow;

namespace Orders.Orchestrating;

/// <summary>
/// Calls an activity on Orders' own database until it answers. Nothing can be decided without it, and a workflow that failed over it would
/// leave an order that nobody looks after.
/// </summary>
internal static class OwnDatabase
{
    public static async Task<OrderDecision> CallAsync(WorkflowContext context, string activity, object input, WorkflowRetries retries)
    {
        while (true)
        {
            try
            {
                return await context.CallActivityAsync<OrderDecision>(activity, input, retries.Decide.ToOptions());
            }
            catch (WorkflowTaskFailedException)
            {
                // The worker has logged why. Another round.
                await context.CreateTimer(retries.Decide.PauseMax);
            }
        }
    }
}
