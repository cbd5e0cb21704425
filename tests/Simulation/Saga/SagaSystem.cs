using System.Text.Json;
using Consistency;
using Consistency.Outbox;
using Contracts;
using Contracts.Snapshots;
using Dapr.Workflow;
using Dapr.Workflow.Abstractions;
using Microsoft.Extensions.Logging.Abstractions;
using Orders.Orchestrating;
using Orders.Storage;
using ServiceDefaults.Traffic;

namespace Tests.Simulation.Saga;

/// <summary>What goes wrong with one step of one order.</summary>
public enum Fault
{
    None,

    /// <summary>No attempt is answered or acts, as long as the fault lasts.</summary>
    TimesOut,

    /// <summary>Every attempt acts, and none is answered.</summary>
    TimesOutAfterEffect,

    /// <summary>The worker that runs the activity dies before it acts.</summary>
    WorkerDiesBefore,

    WorkerDiesAfter,

    /// <summary>The service that does the step dies before it acts.</summary>
    ServiceDiesBefore,

    ServiceDiesAfter,
}

/// <summary>Called where an activity is about to act, and where it has acted.</summary>
internal delegate Task StepHook(string orderId, string step, bool hasActed);

/// <summary>The three services with a workflow engine: real workflows, activities, handlers and databases.</summary>
internal sealed class SagaSystem : IAsyncDisposable
{
    private readonly HashSet<string> died = new(StringComparer.Ordinal);
    private readonly StepClient client;
    private int placed;

    public SagaSystem()
    {
        World = new SimulatedWorld(seed: 1, new Hostility(0, 0, 0));
        Services = new SimulatedSystem(World) { Pattern = Patterns.Workflow };
        Steps = new StepServer(Services);
        client = new StepClient(Steps.ClientOf, new TrafficMeter());
        Engine = new SimulatedEngine(World.Time) { Activities = RunActivityAsync };
    }

    public SimulatedWorld World { get; }

    public SimulatedSystem Services { get; }

    public SimulatedEngine Engine { get; }

    public StepServer Steps { get; }

    public WorkflowSettings Settings { get; } = new();

    /// <summary>The fault of a step of an order.</summary>
    public Func<string, string, Fault> FaultOf { get; set; } = (_, _) => Fault.None;

    public StepHook Hook { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Every attempt at an activity: order id and step.</summary>
    public List<(string OrderId, string Step)> Attempts { get; } = [];

    public WorkflowRelay<OrdersDb> NewRelay(string owner = "relay", CrashHook? crash = null) => new(
        new OutboxStore<OrdersDb>(Services.Orders.Database, Services.Orders.Writes, OutboxChannel.Workflow),
        Services.Orders.Writes,
        new WorkflowSender(Services.Orders.Database, Engine, Settings),
        owner,
        World.Time,
        NullLogger.Instance,
        crash);

    /// <summary>Sends what the outbox holds for workflows.</summary>
    public Task RelayAsync() => NewRelay().RelayAllAsync(CancellationToken.None);

    /// <summary>Relays and runs workflows until nothing is left to do.</summary>
    public async Task SettleAsync()
    {
        do
        {
            await RelayAsync();
            await Engine.RunAsync();
        }
        while (Services.Orders.Database.OutboxDepth() > 0);
    }

    public Task<string> PlaceAsync(string key, string customer, params (string Sku, long Quantity)[] lines) =>
        Services.PlaceAsync(key, customer, lines);

    /// <summary>A customer orders; products are stocked with the first order: plenty of one, and a dear one above everybody's credit.</summary>
    public async Task<string> PlaceAsync(params (string Sku, long Quantity)[] lines)
    {
        if (placed++ == 0)
        {
            await Services.StockAsync(("plenty", 100, 1000), ("dear", 60_000, 100));
        }

        return await PlaceAsync($"k{placed}", "c", lines.Length == 0 ? [("plenty", 2)] : lines);
    }

    public async Task RetryAsync(string orderId)
    {
        var isAbandoned = await RetryOrder.IsAbandonedAsync(Services.Orders.Database, Engine, orderId, CancellationToken.None);
        await Services.Orders.Writes.ExecuteAsync(work => RetryOrder.Handle(work, orderId, isAbandoned));
    }

    public OrderSnapshot Order(string orderId) => Services.Orders.Database.Read(db => db.FindOrder(orderId))!.ToSnapshot();

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        Steps.Dispose();
        await Services.DisposeAsync();
    }

    private async Task<string> RunActivityAsync(WorkflowInstance instance, ActivityAction action)
    {
        var orderId = instance.InstanceId.Split(':')[0];
        var fault = FaultOf(orderId, action.Name);
        Attempts.Add((orderId, action.Name));
        await Hook(orderId, action.Name, hasActed: false);
        await FailAsync(orderId, action.Name, fault, hasActed: false);
        var result = await ActAsync(instance, action);
        await Hook(orderId, action.Name, hasActed: true);
        await FailAsync(orderId, action.Name, fault, hasActed: true);
        return result;
    }

    private async Task<string> ActAsync(WorkflowInstance instance, ActivityAction action)
    {
        IWorkflowActivity activity = action.Name switch
        {
            nameof(ReserveStock) => new ReserveStock(client),
            nameof(IssueInvoice) => new IssueInvoice(client),
            nameof(CommitReservation) => new CommitReservation(client),
            nameof(VoidInvoice) => new VoidInvoice(client),
            nameof(ReleaseStock) => new ReleaseStock(client),
            nameof(ConfirmOrder) => new ConfirmOrder(Services.Orders.Writes),
            nameof(CancelOrder) => new CancelOrder(Services.Orders.Writes),
            nameof(ReadDecision) => new ReadDecision(Services.Orders.Database),
            nameof(NeedAttention) => new NeedAttention(Services.Orders.Writes, NullLogger<NeedAttention>.Instance),
            nameof(MarkSettled) => new MarkSettled(Services.Orders.Writes),
            _ => throw new InvalidOperationException($"No activity is named '{action.Name}'."),
        };
        var input = JsonSerializer.Deserialize(action.Input, activity.InputType, JsonSerializerOptions.Web);
        var result = await activity.RunAsync(new ActivityContext(instance.InstanceId, action), input);
        return JsonSerializer.Serialize(result, JsonSerializerOptions.Web);
    }

    private async Task FailAsync(string orderId, string step, Fault fault, bool hasActed)
    {
        switch (fault)
        {
            case Fault.TimesOut when !hasActed:
            case Fault.TimesOutAfterEffect when hasActed:
                throw new StepFailedException($"{step} does not answer.");
            case Fault.WorkerDiesBefore when !hasActed && died.Add(orderId):
            case Fault.WorkerDiesAfter when hasActed && died.Add(orderId):
                await Services.Orders.RestartAsync();
                throw new WorkerDiedException();
            case Fault.ServiceDiesBefore when !hasActed && died.Add(orderId):
            case Fault.ServiceDiesAfter when hasActed && died.Add(orderId):
                await ServiceOf(step).RestartAsync();
                throw new StepFailedException($"the service died over {step}.");
        }
    }

    private ISimulatedService ServiceOf(string step) => step switch
    {
        nameof(ReserveStock) or nameof(CommitReservation) or nameof(ReleaseStock) => Services.Inventory,
        nameof(IssueInvoice) or nameof(VoidInvoice) => Services.Invoices,
        _ => Services.Orders,
    };

    private sealed class ActivityContext(string instanceId, ActivityAction action) : WorkflowActivityContext
    {
        public override TaskIdentifier Identifier => new(action.Name);

        public override string TaskExecutionKey => $"{instanceId}-{action.Id}";

        public override string InstanceId => instanceId;
    }
}
