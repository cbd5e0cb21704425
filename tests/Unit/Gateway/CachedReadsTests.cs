using System.Net;
using System.Net.Http.Json;
using Contracts.Feeds;
using Contracts.Stock;

namespace Tests.Unit.Gateway;

/// <summary>GET /products/{sku} as clients meet it, and orders asked of their owner, with the cache in a real embedded sidecar.</summary>
public sealed class CachedReadsTests
{
    [Fact]
    public async Task a_repeated_read_comes_from_the_cache_and_tells_its_age()
    {
        await using var rig = await GatewayRig.StartAsync();
        using var first = await rig.GetAsync("products/apple");
        await Eventually.HoldsAsync(() => rig.Stock.Figures.Stored == 1);

        using var second = await rig.GetAsync("products/apple");

        Status(first).ShouldBe("gateway; fwd=uri-miss");
        first.Headers.Age.ShouldBeNull();
        Status(second).ShouldStartWith("gateway; hit; ttl=");
        second.Headers.Age.ShouldNotBeNull();
        second.Headers.ETag!.Tag.ShouldBe("\"1\"");
        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        rig.Questions.ShouldBe(1);
    }

    [Theory]
    [InlineData("no-cache", "gateway; fwd=request")]
    [InlineData("max-age=0", "gateway; fwd=request")]
    public async Task a_client_that_wants_no_cached_answer_gets_none(string cacheControl, string status)
    {
        await using var rig = await GatewayRig.StartAsync();
        using var first = await rig.GetAsync("products/apple");
        await Eventually.HoldsAsync(() => rig.Stock.Figures.Stored == 1);
        rig.Available = 11;

        using var second = await rig.GetAsync("products/apple", cacheControl);

        Status(second).ShouldBe(status);
        (await LevelAsync(second)).Available.ShouldBe(11);
        await Eventually.HoldsAsync(() => rig.Stock.Figures.Stored == 2);
        using var third = await rig.GetAsync("products/apple");
        (await LevelAsync(third)).Available.ShouldBe(11);
        Status(third).ShouldStartWith("gateway; hit");
    }

    [Fact]
    public async Task who_writes_and_then_reads_reads_what_was_written()
    {
        await using var rig = await GatewayRig.StartAsync();
        for (var i = 1; i <= 10; i++)
        {
            using var before = await rig.GetAsync("products/apple");
            using var written = await rig.Http.PostAsJsonAsync("stock/apple/adjust", new AdjustStock(1));
            written.StatusCode.ShouldBe(HttpStatusCode.OK);

            using var after = await rig.GetAsync("products/apple");

            (await LevelAsync(after)).Available.ShouldBe(10 + i);
        }
    }

    [Theory]
    [InlineData("products/none")]
    [InlineData("products/a%7C%7Cb")]
    [InlineData("products/a%20b")]
    public async Task an_unknown_product_is_404_and_leaves_nothing_behind(string path)
    {
        await using var rig = await GatewayRig.StartAsync();

        using var answer = await rig.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (rig.Stock.Figures.Stored, rig.Stock.Figures.Failed).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData("a||b")]
    [InlineData("a b")]
    [InlineData("")]
    public async Task what_is_no_order_id_is_asked_of_nobody_and_is_no_failure_of_the_cache(string orderId)
    {
        await using var rig = await GatewayRig.StartAsync();

        (await rig.Reads.OrderAsync(orderId, TimeSpan.MaxValue, CancellationToken.None)).ShouldBeNull();

        (rig.Questions, rig.Orders.Figures.Failed).ShouldBe((0, 0));
    }

    [Fact]
    public async Task products_that_inventory_did_not_answer_for_are_not_remembered()
    {
        await using var rig = await GatewayRig.StartAsync();
        rig.BeforeAnswer = static () => throw new InvalidOperationException("down");
        using var first = await rig.GetAsync("products/apple");
        using var second = await rig.GetAsync("products/pear");
        rig.BeforeAnswer = static () => Task.CompletedTask;
        using var third = await rig.GetAsync("products/apple");

        (first.StatusCode, second.StatusCode, third.StatusCode).ShouldBe(
            (HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK));
        rig.Reads.StockRead.ShouldBe(1);
    }

    [Fact]
    public async Task without_the_component_reads_work_and_the_sidecar_is_not_asked_for_it_each_time()
    {
        await using var rig = await GatewayRig.StartAsync(hasCache: false);
        for (var i = 0; i < 20; i++)
        {
            using var answer = await rig.GetAsync("products/apple");
            (await LevelAsync(answer)).Available.ShouldBe(10);
        }

        rig.Questions.ShouldBe(20);
        rig.Stock.Figures.Hits.ShouldBe(0);
        rig.Stock.Figures.Skipped.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task an_order_comes_from_the_cache_unless_the_reader_wants_it_as_it_is_now()
    {
        await using var rig = await GatewayRig.StartAsync();
        (await rig.Reads.OrderAsync("o1", TimeSpan.MaxValue, CancellationToken.None))!.Version.ShouldBe(1);
        await Eventually.HoldsAsync(() => rig.Orders.Figures.Stored == 1);
        rig.OrderVersion = 2;

        (await rig.Reads.OrderAsync("o1", TimeSpan.MaxValue, CancellationToken.None))!.Version.ShouldBe(1);
        (await rig.Reads.OrderAsync("o1", TimeSpan.Zero, CancellationToken.None))!.Version.ShouldBe(2);

        rig.Questions.ShouldBe(2);
    }

    [Fact]
    public async Task a_change_in_the_feed_makes_the_cache_forget_also_what_is_asked_for_at_that_moment()
    {
        await using var rig = await GatewayRig.StartAsync();
        rig.BeforeAnswer = () => rig.Reads.ForgetAsync(new ChangePage(
            [new Change(FeedKinds.Stock, "apple", 1, DateTimeOffset.UnixEpoch, Deleted: false, Data: null)],
            "", More: false, DateTimeOffset.UnixEpoch, Rewound: false));

        using var old = await rig.GetAsync("products/apple");
        rig.BeforeAnswer = static () => Task.CompletedTask;
        (rig.Available, var before) = (11, rig.Questions);
        using var answer = await rig.GetAsync("products/apple");

        (await LevelAsync(answer)).Available.ShouldBe(11);
        rig.Questions.ShouldBe(before + 1);
    }

    [Fact]
    public async Task the_figures_can_be_read()
    {
        await using var rig = await GatewayRig.StartAsync();
        using var read = await rig.GetAsync("products/apple");

        var report = await rig.Http.GetFromJsonAsync<System.Text.Json.JsonElement>("cache");

        report.GetProperty("stalenessMs").GetDouble().ShouldBe(3_600_000);
        report.GetProperty("stock").GetProperty("misses").GetInt64().ShouldBe(1);
        report.GetProperty("orders").GetProperty("misses").GetInt64().ShouldBe(0);
    }

    private static string Status(HttpResponseMessage response) => response.Headers.GetValues("Cache-Status").ShouldHaveSingleItem();

    private static async Task<StockLevel> LevelAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<StockLevel>())!;
}
