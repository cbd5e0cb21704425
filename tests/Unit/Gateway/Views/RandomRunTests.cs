using Consistency;
using Contracts.Feeds;
using Contracts.Ordering;
using Contracts.Snapshots;
using Gateway.Views;
using Tests.Unit.Consistency;

namespace Tests.Unit.Gateway.Views;

/// <summary>
/// Owners change, are put back to backups and forget records; the gateway reads their feeds page by page in any order, dies at any commit, is
/// rebuilt and swept at any time. Whatever the order: what the view claims to know it knows, and in the end it is what the owners are.
/// </summary>
public sealed class RandomRunTests
{
    private const int OrderCount = 12;
    private const int Steps = 150;
    private const int CrashOneIn = 12;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task the_view_keeps_its_promise_at_each_step_and_ends_as_its_owners(int seed)
    {
#pragma warning disable RS0030 // Seeded.
        var random = new Random(seed);
#pragma warning restore RS0030
        await using var fixture = new ViewFixture();
        var history = new List<(DateTimeOffset At, string OrderId, long Version)>();
        var gateway = fixture.Start(Dies);
        var backups = new List<Action>();
        var wasPutBack = false;
        foreach (var owner in fixture.Owners.Values)
        {
            owner.PageMax = random.Next(1, 6);
        }

        for (var step = 0; step < Steps; step++)
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 20)));
            var id = $"o{random.Next(OrderCount):D2}";
            switch (random.Next(12))
            {
                case 0 or 1 or 2:
                    history.Add((fixture.Time.GetUtcNow(), id, Change(fixture, random, id)));
                    break;
                case 3:
                    fixture.PutReservation(id, random.Next(2) == 0 ? ReservationStatuses.Reserved : ReservationStatuses.Released);
                    break;
                case 4:
                    fixture.PutInvoice(id, number: $"INV-{random.Next(1, 99):D8}");
                    break;
                case 5 when random.Next(3) == 0:
                    await UnlessItDiesAsync(gateway.RebuildAsync);
                    break;
                case 6 when random.Next(4) == 0:
                    backups.Add(fixture.Owners[Editions.Sources[random.Next(3)]].Backup());
                    break;
                case 7 when backups.Count > 0 && random.Next(8) == 0:
                    backups[random.Next(backups.Count)]();
                    wasPutBack = true;
                    break;
                case 8 when random.Next(10) == 0:
                    fixture.Inventory.Delete(FeedKinds.Reservation, id);
                    break;
                case 9:
                    await UnlessItDiesAsync(() => gateway.Writes.ExecuteAsync(Editions.Sweep));
                    break;
                default:
                    await UnlessItDiesAsync(() => gateway.FollowAsync(Editions.Sources[random.Next(3)]));
                    break;
            }

            if (!wasPutBack)
            {
                CheckPromise(gateway, history);
            }
        }

        await gateway.DisposeAsync();
        gateway = fixture.Start();
        await gateway.CatchUpAsync();

        gateway.Rows().ShouldBe(Expected(fixture));
        gateway.AsOf.ShouldBe(fixture.Time.GetUtcNow());
        while (await gateway.Writes.ExecuteAsync(Editions.Sweep) > 0)
        {
            // Rows of editions out of use.
        }

        gateway.Database.Read(db => db.Orders.Count()).ShouldBe(gateway.Rows().Count);

        async Task UnlessItDiesAsync(Func<Task> act)
        {
            try
            {
                await act();
            }
            catch (CrashException)
            {
                await gateway.DisposeAsync();
                gateway = fixture.Start(Dies);
            }
        }

        bool Dies(CrashPoint point) => random.Next(CrashOneIn) == 0;
    }

    // Everything that was committed by asOf is there, in that version or a later one.
    private static void CheckPromise(ViewFixture.Process gateway, List<(DateTimeOffset At, string OrderId, long Version)> history)
    {
        var asOf = gateway.AsOf;
        foreach (var (_, orderId, version) in history.Where(h => h.At <= asOf))
        {
            gateway.Row(orderId).ShouldNotBeNull().Version.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(version);
        }
    }

    private static long Change(ViewFixture fixture, Random random, string id)
    {
        var version = fixture.Orders.Records.TryGetValue((FeedKinds.Order, id), out var known) ? known.Read<OrderState>().Version + 1 : 1;
        string[] statuses = [OrderStatuses.Pending, OrderStatuses.Confirmed, OrderStatuses.Cancelled];
        fixture.PutOrder(id, version, statuses[random.Next(3)]);
        return version;
    }

    private static List<OrderViewSnapshot> Expected(ViewFixture fixture)
    {
        T? State<T>(FakeOwner owner, string kind, string id)
            where T : class =>
            owner.Records.TryGetValue((kind, id), out var change) && !change.Deleted ? change.Read<T>() : null;

        return
        [
            .. from id in Enumerable.Range(0, OrderCount).Select(i => $"o{i:D2}")
               let order = State<OrderState>(fixture.Orders, FeedKinds.Order, id)
               let reservation = State<ReservationState>(fixture.Inventory, FeedKinds.Reservation, id)
               let invoice = State<InvoiceState>(fixture.Invoices, FeedKinds.Invoice, id)
               where order is not null || reservation is not null || invoice is not null
               select new OrderViewSnapshot(
                   id,
                   order?.Status,
                   order?.ChangedAt,
                   reservation is null ? null : new OrderReservation(reservation.Status, reservation.ReasonCode, reservation.ChangedAt),
                   invoice is null ? null : new OrderInvoice(invoice.Status, invoice.Number, invoice.CreditNoteNumber, invoice.ChangedAt)),
        ];
    }
}
