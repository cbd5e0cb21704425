using Orders.Storage;
using Consistency.Feeds;
using Consistency.Repairs;
using Contracts.Ordering;
using Orders.Orchestrating;
using ServiceDefaults.Syncing;
using Tests.Simulation.Saga;

namespace Tests.Simulation;

/// <summary>
/// Orders of pattern workflow whose engine, or whose database, has lost what it knew: the synchronization brings them to their end.
/// </summary>
public sealed class SagaRepairTests : IAsyncDisposable
{
    private readonly SagaSystem system = new();

    public static TheoryData<string> Steps =>
        [nameof(ReserveStock), nameof(IssueInvoice), nameof(ConfirmOrder), nameof(CommitReservation), nameof(CancelOrder), nameof(VoidInvoice)];

    public ValueTask DisposeAsync() => system.DisposeAsync();

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task wherever_the_engine_loses_its_state_orders_end_within_two_intervals(string lastStep)
    {
        var plain = await system.PlaceAsync();
        var refused = await system.PlaceAsync(("dear", 1));
        var cancelled = await system.PlaceAsync();
        system.Hook = (_, step, hasActed) =>
        {
            if (step == lastStep && hasActed)
            {
                system.Engine.Forget();
            }

            return Task.CompletedTask;
        };
        await system.SettleAsync();
        system.Hook = (_, _, _) => Task.CompletedTask;
        await system.Services.CancelAsync(cancelled);
        await system.SettleAsync();

        await TickAsync(count: 2);

        system.Order(plain).Status.ShouldBe(OrderStatuses.Confirmed);
        system.Order(refused).Status.ShouldBe(OrderStatuses.Cancelled);
        system.Order(cancelled).Status.ShouldBe(OrderStatuses.Cancelled);
        system.Services.Audit().ShouldBeEmpty();
        Repairs().ShouldBeGreaterThan(0);
        var before = Repairs();
        await TickAsync(count: 2);
        Repairs().ShouldBe(before);
    }

    [Fact]
    public async Task a_workflow_that_carries_out_a_cancellation_is_started_again_where_it_is_lost()
    {
        var orderId = await system.PlaceAsync();
        await system.SettleAsync();
        await system.Services.CancelAsync(orderId);
        await system.RelayAsync();
        system.Engine.Forget();

        await TickAsync(count: 2);

        system.Services.Audit().ShouldBeEmpty();
        system.Services.Orders.Database.Read(Orders.Reading.OrderQueries.CountUnsettled).ShouldBe(0);
        system.Engine.Instances.Select(i => i.InstanceId).ShouldBe([$"{orderId}:settle:2"]);
    }

    [Fact]
    public async Task while_the_engine_is_away_nothing_is_known_to_be_lost()
    {
        var orderId = await system.PlaceAsync();
        await system.RelayAsync();
        system.Engine.Forget();
        system.Engine.IsAway = true;
        system.World.Time.Advance(SimulatedWorld.Interval * 2);

        await Should.ThrowAsync<IOException>(() => Lost().RestartAsync(CancellationToken.None));
        system.Order(orderId).Status.ShouldBe(OrderStatuses.Pending);
        Repairs().ShouldBe(0);

        system.Engine.IsAway = false;
        await TickAsync(count: 1);
        system.Order(orderId).Status.ShouldBe(OrderStatuses.Confirmed);
    }

    [Fact]
    public async Task a_workflow_that_waits_for_a_service_is_left_alone()
    {
        var orderId = await system.PlaceAsync();
        await system.RelayAsync();
        system.World.Time.Advance(SimulatedWorld.Interval * 2);

        await Lost().RestartAsync(CancellationToken.None);

        Repairs().ShouldBe(0);
        system.Engine.Starts.ShouldBe(1);
        system.Order(orderId).Status.ShouldBe(OrderStatuses.Pending);
    }

    [Fact]
    public async Task a_workflow_that_ends_by_force_again_and_again_is_started_again_ever_more_seldom()
    {
        var orderId = await system.PlaceAsync();
        await system.RelayAsync();
        for (var i = 0; i < 100; i++)
        {
            system.Engine.Terminate(orderId);
            system.World.Time.Advance(SimulatedWorld.Interval);
            await Lost().RestartAsync(CancellationToken.None);
            await system.RelayAsync();
        }

        Repairs().ShouldBeInRange(5, 10);
        system.World.Time.Advance(TimeSpan.FromHours(1));
        await Lost().RestartAsync(CancellationToken.None);
        await system.SettleAsync();
        system.Order(orderId).Status.ShouldBe(OrderStatuses.Confirmed);
        system.Services.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task where_the_engine_was_wiped_all_its_workflows_are_started_again_with_one_tick()
    {
        for (var i = 0; i < 350; i++)
        {
            await system.PlaceAsync(("plenty", 1));
        }

        await system.RelayAsync();
        system.Engine.Forget();
        system.World.Time.Advance(SimulatedWorld.Interval);

        await Lost().RestartAsync(CancellationToken.None);

        Repairs().ShouldBe(350);
    }

    [Fact]
    public async Task where_nothing_is_lost_nothing_is_repaired()
    {
        await system.PlaceAsync();
        await system.PlaceAsync(("dear", 1));
        await system.SettleAsync();

        await TickAsync(count: 3);

        Repairs().ShouldBe(0);
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("inventory")]
    [InlineData("invoices")]
    public async Task a_database_that_is_put_back_ends_in_agreement_with_the_others(string appId)
    {
        var before = await system.PlaceAsync();
        var cancelledLater = await system.PlaceAsync();
        await system.SettleAsync();
        var pending = await system.PlaceAsync();
        var backup = await system.Services.BackUpAsync(appId);
        await system.SettleAsync();
        var placedLater = await system.PlaceAsync();
        var refusedLater = await system.PlaceAsync(("dear", 1));
        await system.Services.CancelAsync(cancelledLater);
        await system.SettleAsync();
        await system.Services.RestoreAsync(appId, backup);

        await TickAsync(count: 3);

        string[] confirmed = [before, pending, placedLater];
        confirmed.ShouldAllBe(o => system.Order(o).Status == OrderStatuses.Confirmed);
        system.Order(cancelledLater).Status.ShouldBe(OrderStatuses.Cancelled);
        system.Order(refusedLater).Status.ShouldBe(OrderStatuses.Cancelled);
        system.Services.Audit().ShouldBeEmpty();
    }

    private LostWorkflows Lost() => new(
        system.Services.Orders.Database, system.Services.Orders.Writes, new ChangeFeed<OrdersDb>(system.Services.Orders.Database), system.Engine,
        new SyncSettings(), system.World.Time);

    private async Task TickAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await system.World.SyncAsync(ticks: 1);
            await Lost().RestartAsync(CancellationToken.None);
            await system.SettleAsync();
        }
    }

    private long Repairs() =>
        system.Services.Orders.Database.RepairCount()
        + system.Services.Inventory.Database.RepairCount()
        + system.Services.Invoices.Database.RepairCount();
}
