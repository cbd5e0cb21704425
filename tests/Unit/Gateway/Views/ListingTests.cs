using Contracts;
using Contracts.Ordering;
using Contracts.Snapshots;
using Gateway.Views.Reading;
using Microsoft.EntityFrameworkCore;

namespace Tests.Unit.Gateway.Views;

public sealed class ListingTests : IAsyncLifetime
{
    private static readonly string?[] Customers = [null, "ann", "bob"];
    private static readonly string?[] Statuses = [null, OrderStatuses.Pending, OrderStatuses.Confirmed, OrderStatuses.Cancelled];
    private static readonly string?[] KnownPatterns = [null, Patterns.Events, Patterns.Workflow, Patterns.Sync];
    private static readonly string?[] Attentions = [null, "true", "false"];
    private static readonly string[] Directions = ["oldest", "newest"];
    private readonly ViewFixture fixture = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 6)];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task every_filter_and_page_size_gives_what_a_plain_list_would(int seed)
    {
#pragma warning disable RS0030 // Seeded.
        var random = new Random(seed);
#pragma warning restore RS0030
        var gateway = fixture.Start();
        var model = Enumerable.Range(0, 60).Select(i => PutAny(random, $"o{i:D3}")).ToList();
        fixture.PutReservation("o030-without-order");
        await gateway.CatchUpAsync();
        await gateway.RebuildAsync();
        await gateway.FollowAsync(AppIds.Orders);

        foreach (var query in Queries(after: null, random.Next(1, 12)))
        {
            var expected = model.Where(query.Matches).Select(o => o.OrderId).Order(Comparer<string>.Create(query.Compare));
            (await AllPagesAsync(gateway, query)).ShouldBe(expected, ignoreOrder: false, query.ToString());
        }
    }

    [Fact]
    public void no_listing_reads_more_than_its_index()
    {
        var gateway = fixture.Start();
        foreach (var query in Queries(after: "o1", size: 10).Concat(Queries(after: null, size: 10)))
        {
            var (sql, values) = OrderListing.Statement(query);
            var plan = gateway.Database.Read(db =>
            {
                using var command = db.Database.GetDbConnection().CreateCommand();
                command.CommandText = "EXPLAIN QUERY PLAN " + values.Select((v, i) => (v, i)).Aggregate(
                    sql, (text, value) => text.Replace($"{{{value.i}}}", value.v is string s ? $"'{s}'" : $"{value.v}", StringComparison.Ordinal));
                using var reader = command.ExecuteReader();
                var steps = new List<string>();
                while (reader.Read())
                {
                    steps.Add(reader.GetString(3));
                }

                return steps;
            });

            plan.ShouldContain(s => s.Contains("SEARCH", StringComparison.Ordinal) && s.Contains("edition=?", StringComparison.Ordinal), query.ToString());
            plan.ShouldNotContain(s => s.Contains("TEMP B-TREE", StringComparison.Ordinal), query.ToString());
            plan.Where(s => s.Contains("SCAN", StringComparison.Ordinal)).ShouldAllBe(s => s.Contains("order_view_state", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void a_page_with_the_owners_orders_is_the_page_of_a_view_that_has_them(int seed)
    {
#pragma warning disable RS0030 // Seeded.
        var random = new Random(seed);
#pragma warning restore RS0030
        for (var run = 0; run < 200; run++)
        {
            var stale = Enumerable.Range(0, 12).Where(_ => random.Next(3) > 0).Select(i => AnyOrder(random, $"o{i:D2}", OrderSources.View)).ToList();
            var owned = Enumerable.Range(0, 12).Where(_ => random.Next(4) == 0).Select(i => $"o{i:D2}")
                .ToDictionary(id => id, id => random.Next(5) == 0 ? null : AnyOrder(random, id, OrderSources.Owner));
            var fresh = stale.Where(o => !owned.ContainsKey(o.OrderId)).Concat(owned.Values.OfType<OrderViewDetails>()).ToList();
            var query = Queries(random.Next(2) == 0 ? null : $"o{random.Next(12):D2}", random.Next(1, 6)).ElementAt(random.Next(288));

            var merged = OwnerMerge.Merge(PageOf(stale, query), query, owned);

            // All that belongs between the page's ends and nothing else; behind it the next page begins.
            var belongs = PageOf(fresh, query with { Size = 100 }).Items.Select(o => o.OrderId)
                .Where(id => merged.Next is null || query.Compare(id, merged.Next) <= 0);
            merged.Items.Select(o => o.OrderId).ShouldBe(belongs, ignoreOrder: false, $"{query} run {run}");
            merged.Items.Count.ShouldBeLessThanOrEqualTo(query.Size);
            merged.Items.ShouldAllBe(o => (o.Source == OrderSources.Owner) == owned.ContainsKey(o.OrderId));
        }
    }

    private static IEnumerable<OrderQuery> Queries(string? after, int size) =>
        from customer in Customers
        from status in Statuses
        from pattern in KnownPatterns
        from attention in Attentions
        from direction in Directions
        select OrderQuery.Of(customer, status, pattern, attention, direction, after, size);

    private static Page<OrderViewDetails> PageOf(IEnumerable<OrderViewDetails> orders, OrderQuery query)
    {
        var found = orders.Where(o => query.Matches(o) && (query.After is null || query.Compare(o.OrderId, query.After) > 0))
            .OrderBy(o => o.OrderId, Comparer<string>.Create(query.Compare)).ToList();
        return new Page<OrderViewDetails>([.. found.Take(query.Size)], found.Count > query.Size ? found[query.Size - 1].OrderId : null);
    }

    private static async Task<List<string>> AllPagesAsync(ViewFixture.Process gateway, OrderQuery query)
    {
        var all = new List<string>();
        string? after = null;
        do
        {
            var page = await gateway.Reads.ListAsync(query with { After = after }, [], CancellationToken.None);
            all.AddRange(page.Items.Select(o => o.OrderId));
            after = page.Next;
        }
        while (after is not null);

        return all;
    }

    private static OrderViewDetails AnyOrder(Random random, string id, string source) => new(
        id, Customers[random.Next(1, 3)]!, KnownPatterns[random.Next(1, 4)]!, Statuses[random.Next(1, 4)]!, null, null, null, [], 0, 1,
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, random.Next(4) == 0 ? new OrderAttention("s", "r", DateTimeOffset.UnixEpoch) : null,
        null, null, source);

    private OrderViewDetails PutAny(Random random, string id)
    {
        var order = AnyOrder(random, id, OrderSources.View);
        fixture.PutOrder(id, order.Version, order.Status, order.CustomerId, order.Pattern, order.Attention);
        return order;
    }
}
