using Consistency;
using Contracts;
using Contracts.Feeds;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Gateway.Views;
using Tests.Unit.Consistency;

namespace Tests.Unit.Gateway.Views;

public sealed class FollowingTests : IAsyncLifetime
{
    private readonly ViewFixture fixture = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Theory]
    [InlineData(CrashPoint.BeforeCommit)]
    [InlineData(CrashPoint.AfterCommit)]
    [InlineData(CrashPoint.BeforeAcknowledge)]
    public async Task a_process_that_dies_at_a_page_leaves_all_of_it_or_nothing_and_the_next_one_goes_on(CrashPoint point)
    {
        var dying = fixture.Start(point);
        fixture.PutOrder("o1");
        fixture.PutOrder("o2");

        await Should.ThrowAsync<CrashException>(() => dying.FollowAsync(AppIds.Orders));
        await dying.DisposeAsync();
        var next = fixture.Start();
        next.Rows().Count.ShouldBe(point == CrashPoint.BeforeCommit ? 0 : 2);
        await next.CatchUpAsync();

        next.Rows().Select(r => r.OrderId).ShouldBe(["o1", "o2"]);
        next.AsOf.ShouldBe(fixture.Time.GetUtcNow());
    }

    [Fact]
    public async Task a_second_process_on_the_same_file_does_no_harm()
    {
        var one = fixture.Start();
        var other = fixture.Start();
        fixture.Orders.PageMax = 1;
        for (var i = 0; i < 20; i++)
        {
            fixture.PutOrder($"o{i:D2}");
        }

        await Task.WhenAll(Task.Run(one.CatchUpAsync), Task.Run(other.CatchUpAsync));

        one.Rows().Count.ShouldBe(20);
        other.Rows().ShouldBe(one.Rows());
    }

    [Fact]
    public async Task each_gateway_has_its_own_view_and_follows_by_itself()
    {
        var one = fixture.Start(file: "one");
        var other = fixture.Start(file: "other");
        fixture.PutOrder("o1");

        await one.CatchUpAsync();
        one.Row("o1").ShouldNotBeNull();
        other.Row("o1").ShouldBeNull();

        await other.CatchUpAsync();
        other.Rows().ShouldBe(one.Rows());
    }

    [Fact]
    public async Task the_view_is_as_old_as_its_oldest_source()
    {
        var gateway = fixture.Start();
        gateway.AsOf.ShouldBe(DateTimeOffset.UnixEpoch);
        await gateway.CatchUpAsync();
        var start = fixture.Time.GetUtcNow();

        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await gateway.FollowAsync(AppIds.Orders);
        await gateway.FollowAsync(AppIds.Inventory);
        gateway.AsOf.ShouldBe(start);

        await gateway.FollowAsync(AppIds.Invoices);
        gateway.AsOf.ShouldBe(fixture.Time.GetUtcNow());
    }

    // A record that changed twice is only at the place of its later change: before that, the view may lack the earlier one.
    [Fact]
    public async Task a_page_with_more_behind_it_makes_the_view_no_younger()
    {
        var gateway = fixture.Start();
        await gateway.CatchUpAsync();
        var start = fixture.Time.GetUtcNow();
        fixture.Orders.PageMax = 1;
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.PutOrder("a");
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.PutOrder("b");
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.PutOrder("a", version: 2);
        await gateway.FollowAsync(AppIds.Inventory);
        await gateway.FollowAsync(AppIds.Invoices);

        await gateway.FollowAsync(AppIds.Orders);
        gateway.Row("a").ShouldBeNull();
        gateway.AsOf.ShouldBe(start);

        await gateway.FollowAsync(AppIds.Orders);
        gateway.Row("a")!.Version.ShouldBe(2);
        gateway.AsOf.ShouldBe(fixture.Time.GetUtcNow());
    }

    [Fact]
    public async Task an_owner_that_is_away_makes_the_view_old_and_is_told_of_once()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        fixture.PutReservation("o1");
        await gateway.CatchUpAsync();
        var start = fixture.Time.GetUtcNow();
        fixture.Orders.IsAway = true;
        using var stop = new CancellationTokenSource();
        var following = gateway.Follower(AppIds.Orders).RunAsync(stop.Token);

        var reads = fixture.Orders.Reads;
        await Eventually.HoldsAsync(() =>
        {
            fixture.Time.Advance(ViewLimits.PauseMax);
            return fixture.Orders.Reads > reads + 5;
        });
        gateway.AsOf.ShouldBe(start);
        gateway.Row("o1").ShouldNotBeNull();
        fixture.Log.Count("cannot follow 'orders'").ShouldBe(1);

        fixture.Orders.IsAway = false;
        await Eventually.HoldsAsync(() =>
        {
            fixture.Time.Advance(ViewLimits.PauseMax);
            return fixture.Log.Count("follows 'orders' again") == 1;
        });
        await stop.CancelAsync();
        await following;
    }

    [Fact]
    public async Task what_an_owner_has_lost_disappears_and_what_it_has_again_is_as_it_was()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("kept");
        fixture.PutOrder("old");
        fixture.PutReservation("kept");
        await gateway.CatchUpAsync();
        var restore = fixture.Orders.Backup();
        var before = fixture.Time.GetUtcNow();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.PutOrder("lost");
        fixture.PutOrder("old", version: 2, OrderStatuses.Confirmed);
        await gateway.CatchUpAsync();
        gateway.Row("old")!.Version.ShouldBe(2);

        restore();
        fixture.PutOrder("new");
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await gateway.FollowAsync(AppIds.Orders);
        gateway.State.Building.ShouldNotBeNull();
        gateway.AsOf.ShouldBeLessThan(fixture.Time.GetUtcNow());
        gateway.Row("new").ShouldNotBeNull();
        await gateway.CatchUpAsync();

        gateway.Rows().Select(r => (r.OrderId, r.Status, r.Reservation?.Status)).ShouldBe(
        [
            ("kept", OrderStatuses.Pending, ReservationStatuses.Reserved), ("new", OrderStatuses.Pending, null), ("old", OrderStatuses.Pending, null),
        ]);
        gateway.Row("old")!.ChangedAt.ShouldBe(before);
        gateway.AsOf.ShouldBe(fixture.Time.GetUtcNow());
        fixture.Log.Count("'orders' was put back").ShouldBe(1);
    }

    [Fact]
    public async Task an_owner_that_is_put_back_during_a_rebuild_makes_it_begin_again()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("a");
        var restore = fixture.Orders.Backup();
        fixture.PutOrder("b");
        fixture.PutOrder("c");
        await gateway.CatchUpAsync();
        await gateway.RebuildAsync();
        fixture.Orders.PageMax = 2;
        await gateway.FollowAsync(AppIds.Orders);
        gateway.State.Building.ShouldBe(2);

        restore();
        await gateway.CatchUpAsync();

        gateway.Rows().Select(r => r.OrderId).ShouldBe(["a"]);
        gateway.State.Building.ShouldBeNull();
        gateway.State.Active.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task a_rebuild_replaces_what_is_wrong_in_the_view_while_it_serves()
    {
        var gateway = fixture.Start();
        for (var i = 0; i < 10; i++)
        {
            fixture.PutOrder($"o{i}");
            fixture.PutReservation($"o{i}");
        }

        fixture.PutInvoice("o3", InvoiceStatuses.Issued);
        await gateway.CatchUpAsync();
        var right = gateway.Rows();
        await gateway.Writes.ExecuteAsync(work =>
        {
            work.Run("DELETE FROM order_view WHERE order_id IN ('o1', 'o2')");
            return work.Run("UPDATE order_view SET status = 'Nonsense' WHERE order_id = 'o5'");
        });

        fixture.Orders.PageMax = fixture.Inventory.PageMax = 3;
        await gateway.RebuildAsync();
        await gateway.RebuildAsync();
        gateway.State.Building.ShouldBe(2);
        await gateway.FollowAsync(AppIds.Orders);
        gateway.Row("o5")!.Status.ShouldBe("Nonsense");
        await gateway.CatchUpAsync();

        gateway.State.Active.ShouldBe(2);
        gateway.Rows().ShouldBe(right);
        var state = ViewStates.Read(gateway.Database, fixture.Time.GetUtcNow());
        (state.Rows, state.LagMs, state.Rebuild).ShouldBe((10, 0, null));
    }

    [Fact]
    public async Task the_new_edition_is_never_older_than_the_one_it_replaces()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        await gateway.CatchUpAsync();
        await gateway.RebuildAsync();
        await gateway.FollowAsync(AppIds.Orders);
        await gateway.FollowAsync(AppIds.Invoices);

        // Orders' part of the new edition is complete; what comes now reaches both.
        fixture.PutOrder("o1", version: 2);
        fixture.PutOrder("o2");
        await gateway.FollowAsync(AppIds.Orders);
        gateway.State.Active.ShouldBe(1);
        gateway.Row("o1")!.Version.ShouldBe(2);
        await gateway.FollowAsync(AppIds.Inventory);

        gateway.State.Active.ShouldBe(2);
        gateway.Row("o1")!.Version.ShouldBe(2);
        gateway.Row("o2").ShouldNotBeNull();
        fixture.PutOrder("o3");
        await gateway.CatchUpAsync();
        gateway.Row("o3").ShouldNotBeNull();
    }

    [Fact]
    public async Task a_rebuild_goes_on_where_the_process_died()
    {
        var dying = fixture.Start();
        for (var i = 0; i < 10; i++)
        {
            fixture.PutOrder($"o{i}");
        }

        await dying.CatchUpAsync();
        await dying.RebuildAsync();
        fixture.Orders.PageMax = 4;
        await dying.FollowAsync(AppIds.Orders);
        await dying.DisposeAsync();

        var next = fixture.Start();
        ViewStates.Read(next.Database, fixture.Time.GetUtcNow()).Rebuild!.Rows.ShouldBe(4);
        await next.CatchUpAsync();

        next.State.Active.ShouldBe(2);
        next.Rows().Count.ShouldBe(10);
    }

    [Fact]
    public async Task editions_out_of_use_are_swept_away_in_parts()
    {
        var gateway = fixture.Start();
        fixture.Orders.PageMax = 5000;
        for (var i = 0; i < 2500; i++)
        {
            fixture.PutOrder($"o{i:D4}");
        }

        await gateway.CatchUpAsync();
        await gateway.RebuildAsync();
        await gateway.CatchUpAsync();

        var swept = new List<int>();
        do
        {
            swept.Add(await gateway.Writes.ExecuteAsync(Editions.Sweep));
        }
        while (swept[^1] > 0);

        swept.ShouldBe([1000, 1000, 500, 0]);
        gateway.Database.Read(db => db.Orders.Count()).ShouldBe(2500);
        gateway.State.Active.ShouldBe(2);
        fixture.PutOrder("o1");
        await gateway.CatchUpAsync();
        gateway.AsOf.ShouldBe(fixture.Time.GetUtcNow());
    }

    [Fact]
    public async Task a_rebuild_waits_for_an_owner_that_is_away_and_the_old_edition_serves_meanwhile()
    {
        var gateway = fixture.Start();
        fixture.PutOrder("o1");
        await gateway.CatchUpAsync();
        fixture.Invoices.IsAway = true;
        await gateway.RebuildAsync();
        await gateway.FollowAsync(AppIds.Orders);
        await gateway.FollowAsync(AppIds.Inventory);
        await Should.ThrowAsync<HttpRequestException>(() => gateway.FollowAsync(AppIds.Invoices));

        ViewStates.Read(gateway.Database, fixture.Time.GetUtcNow()).Rebuild!.Complete.ShouldBe([AppIds.Inventory, AppIds.Orders]);
        fixture.PutOrder("o2");
        await gateway.FollowAsync(AppIds.Orders);
        gateway.Row("o2").ShouldNotBeNull();

        fixture.Invoices.IsAway = false;
        await gateway.CatchUpAsync();
        gateway.State.Active.ShouldBe(2);
        gateway.Rows().Count.ShouldBe(2);
    }

    [Fact]
    public async Task a_record_that_cannot_be_read_stops_its_feed_instead_of_being_left_out()
    {
        var gateway = fixture.Start();
        await gateway.CatchUpAsync();
        var start = fixture.Time.GetUtcNow();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.PutOrder("o1");
        fixture.Orders.Put(FeedKinds.Order, "o2", "no order at all");

        await Should.ThrowAsync<System.Text.Json.JsonException>(() => gateway.FollowAsync(AppIds.Orders));
        gateway.Rows().ShouldBeEmpty();
        gateway.AsOf.ShouldBe(start);

        fixture.PutOrder("o2");
        await gateway.CatchUpAsync();
        gateway.Rows().Count.ShouldBe(2);
    }
}
