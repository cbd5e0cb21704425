using Consistency;
using Consistency.Outbox;
using Contracts;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Orders.Orchestrating;
using Tests.Simulation.Saga;

namespace Tests.Simulation;

/// <summary>Single lives of orders of pattern workflow, told in full.</summary>
public sealed class SagaTests : IAsyncDisposable
{
    private readonly SagaSystem system = new();

    public ValueTask DisposeAsync() => system.DisposeAsync();

    [Fact]
    public async Task a_plain_order_takes_four_steps_and_publishes_no_event()
    {
        var orderId = await system.PlaceAsync();
        await system.SettleAsync();

        system.Attempts.Select(a => a.Step).ShouldBe([nameof(ReserveStock), nameof(IssueInvoice), nameof(ConfirmOrder), nameof(CommitReservation)]);
        system.Order(orderId).Status.ShouldBe(OrderStatuses.Confirmed);
        system.Order(orderId).InvoiceNumber.ShouldBe("INV-00000001");
        system.Engine.Last(orderId).ReadOutput<OrderOutcome>().ShouldBe(new OrderOutcome(OrderStatuses.Confirmed, Attention: null));
        system.Services.Orders.Outbox.Unsent(10).ShouldBeEmpty();
        system.Services.Inventory.Outbox.Unsent(10).ShouldBeEmpty();
        system.Services.Invoices.Outbox.Unsent(10).ShouldBeEmpty();
        system.Services.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_refused_order_is_undone_in_reverse_order()
    {
        var orderId = await system.PlaceAsync(("dear", 1));
        await system.SettleAsync();

        system.Order(orderId).ReasonCode.ShouldBe(ReasonCodes.CreditLimit);
        system.Attempts.Select(a => a.Step)
            .ShouldBe([nameof(ReserveStock), nameof(IssueInvoice), nameof(CancelOrder), nameof(VoidInvoice), nameof(ReleaseStock)]);
        system.Services.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task an_outage_of_twenty_seconds_is_waited_for()
    {
        var orderId = await system.PlaceAsync();
        var backAt = system.World.Time.GetUtcNow() + TimeSpan.FromSeconds(20);
        system.FaultOf = (_, step) => step == nameof(IssueInvoice) && system.World.Time.GetUtcNow() < backAt ? Fault.TimesOut : Fault.None;
        await system.SettleAsync();

        system.Order(orderId).Status.ShouldBe(OrderStatuses.Confirmed);
        system.Services.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_service_that_stays_away_for_more_than_a_minute_gets_the_order_undone()
    {
        var placedAt = system.World.Time.GetUtcNow();
        var orderId = await system.PlaceAsync();
        system.FaultOf = (_, step) => step == nameof(IssueInvoice) ? Fault.TimesOut : Fault.None;
        await system.SettleAsync();

        system.Order(orderId).ReasonCode.ShouldBe(ReasonCodes.StepFailed);
        (system.Order(orderId).ChangedAt - placedAt).ShouldBeInRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70));
        system.Services.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_start_that_comes_twice_starts_one_workflow()
    {
        var orderId = await system.PlaceAsync();
        var crashing = system.NewRelay("one", point =>
        {
            if (point == CrashPoint.BeforeMark)
            {
                throw new CrashException(point);
            }
        });
        await Should.ThrowAsync<CrashException>(() => crashing.RelayAllAsync(CancellationToken.None));
        system.World.Time.Advance(Limits.RelayLease * 2);
        await system.RelayAsync();
        await system.SettleAsync();

        system.Engine.Starts.ShouldBe(1);
        system.Order(orderId).Status.ShouldBe(OrderStatuses.Confirmed);
    }

    [Fact]
    public async Task a_start_that_comes_again_after_the_order_is_decided_starts_nothing()
    {
        await system.PlaceAsync();
        var orders = system.Services.Orders;
        var start = new OutboxStore<Orders.Storage.OrdersDb>(orders.Database, orders.Writes, OutboxChannel.Workflow).Unsent(1).Single();
        await system.SettleAsync();

        await new WorkflowSender(system.Services.Orders.Database, system.Engine, system.Settings).SendAsync(start, CancellationToken.None);

        system.Engine.Starts.ShouldBe(1);
    }

    [Fact]
    public async Task a_finished_workflow_that_runs_again_finds_everything_done()
    {
        var confirmed = await system.PlaceAsync();
        var refused = await system.PlaceAsync(("dear", 1));
        await system.SettleAsync();
        var changes = system.Steps.Changes.Count;
        foreach (var orderId in (string[])[confirmed, refused])
        {
            var order = system.Services.Orders.Database.Read(db => db.FindOrder(orderId))!;
            var input = new FulfilOrderInput(orderId, order.CustomerId, order.Lines, order.TotalCents, system.Settings.Retries);
            await system.Engine.StartAsync(nameof(FulfilOrder), orderId, input, CancellationToken.None);
        }

        await system.SettleAsync();

        system.Engine.Starts.ShouldBe(4);
        system.Steps.Changes.Count.ShouldBe(changes);
        system.Order(confirmed).Status.ShouldBe(OrderStatuses.Confirmed);
        system.Order(refused).Status.ShouldBe(OrderStatuses.Cancelled);
        system.Services.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_cancellation_before_the_start_leaves_tombstones()
    {
        var orderId = await system.PlaceAsync();
        await system.Services.CancelAsync(orderId);
        await system.SettleAsync();

        var snapshot = system.Services.Snapshot();
        snapshot.Reservations.Single().Status.ShouldBe(ReservationStatuses.NeverReserved);
        snapshot.Invoices.Single().Status.ShouldBe(InvoiceStatuses.NeverIssued);
        system.Engine.Instances.ShouldAllBe(i => i.Workflow == nameof(SettleOrder));
        system.Services.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task an_order_whose_workflow_was_ended_by_force_is_undone_when_the_customer_cancels()
    {
        var orderId = await system.PlaceAsync();
        system.Hook = (_, step, hasActed) =>
        {
            if (step == nameof(IssueInvoice) && hasActed)
            {
                system.Engine.Terminate(orderId);
            }

            return Task.CompletedTask;
        };
        await system.SettleAsync();
        system.Order(orderId).Status.ShouldBe(OrderStatuses.Pending);

        await system.Services.CancelAsync(orderId);
        await system.SettleAsync();

        system.Services.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_cancellation_after_confirmation_is_carried_out_by_a_workflow_of_its_own()
    {
        var orderId = await system.PlaceAsync();
        await system.SettleAsync();
        await system.Services.CancelAsync(orderId);
        await system.Services.CancelAsync(orderId);
        Unsettled().ShouldBe(1, "the order is decided, and what follows from that is under way");
        await system.SettleAsync();

        Unsettled().ShouldBe(0);
        system.Engine.Instances.Select(i => i.InstanceId).ShouldBe([orderId, $"{orderId}:settle:1"]);
        system.Services.Snapshot().Invoices.Single().Status.ShouldBe(InvoiceStatuses.Voided);
        system.Services.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task while_the_engine_is_away_orders_are_accepted_and_started_when_it_is_back()
    {
        system.Engine.IsAway = true;
        List<string> orders = [];
        for (var i = 0; i < 5; i++)
        {
            orders.Add(await system.PlaceAsync());
        }

        await Should.ThrowAsync<WorkflowEngineAwayException>(system.RelayAsync);
        system.Services.Orders.Database.OutboxDepth().ShouldBe(5);
        system.Engine.IsAway = false;
        await system.SettleAsync();

        orders.ShouldAllBe(o => system.Order(o).Status == OrderStatuses.Confirmed);
    }

    private long Unsettled() => system.Services.Orders.Database.Read(Orders.Reading.OrderQueries.CountUnsettled);
}
