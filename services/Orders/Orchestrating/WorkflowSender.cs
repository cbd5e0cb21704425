using System.Text.Json;
using Consistency.Outbox;
using Consistency.Storage;
using Contracts.Ordering;
using Orders.Storage;

namespace Orders.Orchestrating;

/// <summary>
/// Tells the workflow engine what the outbox holds. It looks at the order first, because a message may come twice and Dapr silently runs a
/// finished instance again (a run that would find everything done, since all steps are idempotent).
/// </summary>
internal sealed class WorkflowSender(Database<OrdersDb> database, IWorkflowEngine engine, WorkflowSettings settings) : IWorkflowSender
{
    public Task SendAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        switch (message.Type)
        {
            case nameof(StartWorkflow):
                return StartAsync(message.Subject, Read<StartWorkflow>(message), cancellationToken);
            case nameof(RaiseWorkflowEvent):
                return RaiseAsync(message.Subject, Read<RaiseWorkflowEvent>(message), cancellationToken);
            default:
                throw new InvalidOperationException($"Workflow message {message.Sequence} is a {message.Type}, which this version does not know.");
        }
    }

    private static T Read<T>(OutboxMessage message) => JsonSerializer.Deserialize<T>(message.Data, JsonSerializerOptions.Web)!;

    private async Task StartAsync(string orderId, StartWorkflow start, CancellationToken cancellationToken)
    {
        if (start.Workflow == nameof(SettleOrder))
        {
            await SettleAsync(orderId, start.InstanceId, cancellationToken);
            return;
        }

        var order = database.Read(db => db.FindOrder(orderId));
        if (order is { Status: OrderStatuses.Pending })
        {
            var input = new FulfilOrderInput(order.OrderId, order.CustomerId, order.Lines, order.TotalCents, settings.Retries, order.PlacedAt);
            await engine.StartAsync(nameof(FulfilOrder), start.InstanceId, input, cancellationToken);
        }
    }

    private async Task RaiseAsync(string orderId, RaiseWorkflowEvent raise, CancellationToken cancellationToken)
    {
        // Never started, failed, terminated, stalled or purged: nobody is there to undo the order.
        if (!await engine.RaiseAsync(raise.InstanceId, raise.Event, raise.ReasonCode, cancellationToken))
        {
            await SettleAsync(orderId, OrderWorkflows.SettleInstanceId(orderId, run: 0), cancellationToken);
        }
    }

    private Task SettleAsync(string orderId, string instanceId, CancellationToken cancellationToken) =>
        engine.StartAsync(nameof(SettleOrder), instanceId, new SettleOrderInput(orderId, settings.Retries), cancellationToken);
}
