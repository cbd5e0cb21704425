using Contracts;
using Contracts.Ordering;
using Contracts.Snapshots;
using Gateway.Views;
using Gateway.Views.Reading;
using ServiceDefaults.Problems;

namespace Tests.Unit.Gateway.Views;

public sealed class OrderReadsTests : IAsyncLifetime
{
    private static readonly OrderQuery All = OrderQuery.Of(null, null, null, null, null, null, null);
    private readonly ViewFixture fixture = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task an_order_is_read_in_the_view_and_says_how_old_it_may_be()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        fixture.PutReservation("o1");
        await gateway.CatchUpAsync();
        var asOf = fixture.Time.GetUtcNow();
        fixture.Time.Advance(TimeSpan.FromMilliseconds(700));

        var order = (await FindAsync(gateway, "o1"))!;

        (order.Source, order.AsOf, order.LagMs, order.Version).ShouldBe((OrderSources.View, asOf, 700, 1));
        order.Reservation!.Status.ShouldBe(ReservationStatuses.Reserved);
        fixture.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task an_order_that_the_view_does_not_have_is_asked_of_its_owner_and_only_then_not_found()
    {
        var gateway = fixture.Start();
        fixture.PutReservation("o1");
        await gateway.CatchUpAsync();
        fixture.PutOrder("o1");

        var order = (await FindAsync(gateway, "o1"))!;
        (order.Source, order.Status, order.Reservation!.Status).ShouldBe((OrderSources.Owner, OrderStatuses.Pending, ReservationStatuses.Reserved));
        (await FindAsync(gateway, "o2")).ShouldBeNull();
        fixture.Asked.ShouldBe(["o1", "o2"]);
    }

    [Fact]
    public async Task a_token_waits_until_the_view_has_that_version()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        await gateway.CatchUpAsync();
        fixture.PutOrder("o1", version: 2, OrderStatuses.Confirmed);
        var reading = FindAsync(gateway, "o1", new ConsistencyToken("o1", 2));
        reading.IsCompleted.ShouldBeFalse();

        await gateway.FollowAsync(AppIds.Orders);

        var order = (await reading)!;
        (order.Version, order.Source).ShouldBe((2, OrderSources.View));
        fixture.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_change_that_does_not_reach_the_version_goes_on_waiting()
    {
        var gateway = fixture.Start();
        await gateway.CatchUpAsync();
        var reading = FindAsync(gateway, "o1", new ConsistencyToken("o1", 2));
        fixture.PutOrder("o1");
        await gateway.FollowAsync(AppIds.Orders);
        reading.IsCompleted.ShouldBeFalse();

        fixture.PutOrder("o1", version: 3);
        await gateway.FollowAsync(AppIds.Orders);

        (await reading)!.Version.ShouldBe(3);
        fixture.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task where_the_view_is_late_the_owner_is_asked()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        await gateway.CatchUpAsync();
        fixture.PutOrder("o1", version: 2, OrderStatuses.Cancelled);
        var reading = FindAsync(gateway, "o1", new ConsistencyToken("o1", 2));

        await AfterTheWaitAsync(reading);

        var order = (await reading)!;
        (order.Version, order.Status, order.Source).ShouldBe((2, OrderStatuses.Cancelled, OrderSources.Owner));
        (await FindAsync(gateway, "o1"))!.Source.ShouldBe(OrderSources.View);
    }

    [Fact]
    public async Task tokens_of_other_orders_do_not_concern_the_read_of_one()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        await gateway.CatchUpAsync();

        (await FindAsync(gateway, "o1", new ConsistencyToken("elsewhere", 9)))!.Source.ShouldBe(OrderSources.View);
    }

    [Fact]
    public async Task a_version_that_its_owner_never_had_is_answered_with_what_the_owner_has()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        await gateway.CatchUpAsync();
        var reading = FindAsync(gateway, "o1", new ConsistencyToken("o1", 99));

        await AfterTheWaitAsync(reading);

        ((await reading)!.Version, fixture.Asked.Count).ShouldBe((1, 1));
    }

    [Fact]
    public async Task a_list_is_refused_until_all_orders_were_read_once_whatever_the_others_do()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        fixture.PutOrder("o2");
        fixture.Orders.PageMax = 1;
        await gateway.FollowAsync(AppIds.Orders);
        (await Should.ThrowAsync<RefusedException>(() => ListAsync(gateway, All))).Status.ShouldBe(503);

        await gateway.FollowAsync(AppIds.Orders);

        var page = await ListAsync(gateway, All);
        page.Items.Count.ShouldBe(2);
        page.AsOf.ShouldBe(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task a_list_with_a_token_has_the_write_where_the_view_gets_it_in_time()
    {
        var gateway = fixture.Start();
        await gateway.CatchUpAsync();
        fixture.PutOrder("o1");
        var reading = ListAsync(gateway, All, new ConsistencyToken("o1", 1));
        reading.IsCompleted.ShouldBeFalse();

        await gateway.FollowAsync(AppIds.Orders);

        (await reading).Items.Select(o => (o.OrderId, o.Source)).ShouldBe([("o1", OrderSources.View)]);
        fixture.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_list_with_a_late_token_has_the_owners_order_where_it_belongs()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        fixture.PutOrder("o3");
        await gateway.CatchUpAsync();
        fixture.PutOrder("o2");
        fixture.PutOrder("o3", version: 2, OrderStatuses.Cancelled);
        var pending = OrderQuery.Of(null, OrderStatuses.Pending, null, null, null, null, null);
        var reading = ListAsync(gateway, pending, new ConsistencyToken("o2", 1), new ConsistencyToken("o3", 2), new ConsistencyToken("o9", 1));

        await AfterTheWaitAsync(reading);

        (await reading).Items.Select(o => (o.OrderId, o.Source)).ShouldBe([("o1", OrderSources.View), ("o2", OrderSources.Owner)]);
        fixture.Asked.ShouldBe(["o2", "o3", "o9"]);
    }

    [Fact]
    public async Task what_the_view_gets_while_the_owner_is_asked_is_not_put_back_to_the_owners_older_answer()
    {
        var gateway = fixture.Start();
        await gateway.CatchUpAsync();
        fixture.PutOrder("o1");
        var owner = new SlowOwner(fixture);
        var reads = new OrderReads(gateway.Database, gateway.Signal, owner, fixture.Time);
        var reading = reads.ListAsync(All, [new ConsistencyToken("o1", 1)], CancellationToken.None);
        await Eventually.HoldsAsync(() =>
        {
            fixture.Time.Advance(ViewLimits.TokenWait);
            return owner.HasAnswer;
        });
        fixture.PutOrder("o1", version: 2, OrderStatuses.Confirmed);
        await gateway.CatchUpAsync();
        owner.Go.SetResult();

        (await reading).Items.ShouldHaveSingleItem().Version.ShouldBe(2);
    }

    private static Task<OrderViewDetails?> FindAsync(ViewFixture.Process gateway, string orderId, params ConsistencyToken[] tokens) =>
        gateway.Reads.FindAsync(orderId, tokens, CancellationToken.None);

    private static Task<OrderViewPage> ListAsync(ViewFixture.Process gateway, OrderQuery query, params ConsistencyToken[] tokens) =>
        gateway.Reads.ListAsync(query, tokens, CancellationToken.None);

    private Task AfterTheWaitAsync(Task reading) => Eventually.HoldsAsync(() =>
    {
        fixture.Time.Advance(ViewLimits.TokenWait);
        return reading.IsCompleted;
    });

    private sealed class SlowOwner(IOrderOwner owner) : IOrderOwner
    {
        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool HasAnswer { get; private set; }

        public async Task<OrderDetails?> FindAsync(string orderId, bool now, CancellationToken cancellationToken)
        {
            var answer = await owner.FindAsync(orderId, now, cancellationToken);
            HasAnswer = true;
            await Go.Task;
            return answer;
        }
    }
}
