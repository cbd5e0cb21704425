using Consistency.Storage;
using Contracts;
using Contracts.Ordering;
using Dapr.Client;
using Dapr.Workflow;
using Orders.Storage;
using ServiceDefaults.Hosting;
using ServiceDefaults.Traffic;

namespace Orders.Orchestrating;

/// <summary>Starts a workflow.</summary>
/// <param name="Workflow">Its name.</param>
/// <param name="InstanceId">The instance; one that runs already is left alone.</param>
internal sealed record StartWorkflow(string Workflow, string InstanceId);

/// <summary>Tells a workflow of an event.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Event">The event's name.</param>
/// <param name="ReasonCode">Its payload.</param>
internal sealed record RaiseWorkflowEvent(string InstanceId, string Event, string ReasonCode);

/// <summary>
/// What workflows are told, always in the transaction of the write that causes it, and only for orders of pattern <c>workflow</c>: an
/// accepted order gets its workflow, whatever dies afterwards.
/// </summary>
internal static class OrderWorkflows
{
    /// <summary>Registers workflows, activities, and the relay that starts them.</summary>
    public static void AddOrchestration(this WebApplicationBuilder builder)
    {
        var settings = WorkflowSettings.Read(builder.Configuration);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(s =>
        {
            var dapr = s.GetRequiredService<DaprClient>();
            return new StepClient(
                appId =>
                {
                    var client = dapr.CreateInvokableHttpClient(appId);
                    client.Timeout = settings.CallTimeout;
                    return client;
                },
                s.GetRequiredService<TrafficMeter>());
        });
        builder.Services.AddDaprWorkflow(options =>
        {
            options.RegisterWorkflow<FulfilOrder>();
            options.RegisterWorkflow<SettleOrder>();
            options.RegisterActivity<ReserveStock>();
            options.RegisterActivity<IssueInvoice>();
            options.RegisterActivity<ConfirmOrder>();
            options.RegisterActivity<CancelOrder>();
            options.RegisterActivity<CommitReservation>();
            options.RegisterActivity<VoidInvoice>();
            options.RegisterActivity<ReleaseStock>();
            options.RegisterActivity<ReadDecision>();
            options.RegisterActivity<NeedAttention>();
            options.RegisterActivity<MarkSettled>();
        });
        builder.Services.AddSingleton<IWorkflowEngine, DaprWorkflowEngine>();
        builder.AddWorkflowChannel<OrdersDb, WorkflowSender>();
        builder.Services.AddSingleton<LostWorkflows>();
    }

    /// <summary>Asks for the workflow of an order that is not decided.</summary>
    public static void TellPlaced(UnitOfWork<OrdersDb> work, Order order)
    {
        if (order.Pattern == Patterns.Workflow)
        {
            work.TellWorkflow(order.OrderId, order.Version, new StartWorkflow(nameof(FulfilOrder), order.OrderId));
        }
    }

    /// <summary>The customer has cancelled: the running workflow is told, or, where it may have ended, a new one undoes the order.</summary>
    public static void TellCancelled(UnitOfWork<OrdersDb> work, Order order, bool wasConfirmed)
    {
        if (order.Pattern != Patterns.Workflow)
        {
            return;
        }

        if (wasConfirmed)
        {
            StartSettling(work, order);
        }
        else
        {
            work.TellWorkflow(order.OrderId, order.Version, new RaiseWorkflowEvent(order.OrderId, FulfilOrder.CancelEvent, order.ReasonCode!));
        }
    }

    /// <summary>
    /// Asks for the order's workflow anew. Before the decision nothing is undone, so the steps that were done stand, and FulfilOrder finds
    /// them done; after it SettleOrder carries it out.
    /// </summary>
    public static void StartAgain(UnitOfWork<OrdersDb> work, Order order)
    {
        if (order.Status == OrderStatuses.Pending)
        {
            TellPlaced(work, order);
        }
        else
        {
            StartSettling(work, order);
        }
    }

    /// <summary>Asks for one more SettleOrder.</summary>
    public static void StartSettling(UnitOfWork<OrdersDb> work, Order order)
    {
        order.SettleRuns++;
        order.Settling = true;
        work.TellWorkflow(order.OrderId, order.Version, new StartWorkflow(nameof(SettleOrder), SettleInstanceId(order.OrderId, order.SettleRuns)));
    }

    /// <summary>
    /// Instance of the order's <paramref name="run"/>th SettleOrder; 0 is the one for a cancellation that no workflow could be told of.
    /// </summary>
    public static string SettleInstanceId(string orderId, int run) => $"{orderId}:settle:{run}";
}
