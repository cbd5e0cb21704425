using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Tests.Unit.Gateway.Views;

public sealed class ViewRoutesTests : IAsyncLifetime
{
    private const string Order = """{"customerId":"ann","lines":[{"sku":"apple","quantity":1}]}""";
    private GatewayUnderTest gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayUnderTest.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Theory]
    [InlineData("/orders", "orders/placed@3")]
    [InlineData("/orders/o1/cancel", "orders/o1@3")]
    [InlineData("/orders/o1/retry", "orders/o1@3")]
    public async Task every_write_of_an_order_is_answered_with_its_token(string path, string token)
    {
        using var body = new StringContent(path == "/orders" ? Order : "", System.Text.Encoding.UTF8, "application/json");

        using var answer = await gateway.Http.PostAsync(path, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        answer.Headers.GetValues("Consistency-Token").ShouldBe([token]);
    }

    [Fact]
    public async Task a_refused_write_has_no_token()
    {
        using var answer = await gateway.Http.PostAsync("/orders/refused/cancel", content: null);

        answer.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        answer.Headers.Contains("Consistency-Token").ShouldBeFalse();
    }

    [Fact]
    public async Task a_client_reads_what_it_wrote_at_once_by_id_and_in_a_list()
    {
        using var body = new StringContent(Order, System.Text.Encoding.UTF8, "application/json");
        using var written = await gateway.Http.PostAsync("/orders", body);
        var token = written.Headers.GetValues("Consistency-Token").Single();

        using var one = await gateway.GetAsync("/orders/placed", token);
        using var list = await gateway.GetAsync("/orders?customerId=ann&order=newest", token);

        one.Headers.ETag!.Tag.ShouldBe("\"3\"");
        (await one.Content.ReadFromJsonAsync<OrderViewDetails>())!.Version.ShouldBe(3);
        (await list.Content.ReadFromJsonAsync<OrderViewPage>())!.Items.ShouldHaveSingleItem().Version.ShouldBe(3);
    }

    [Fact]
    public async Task also_where_the_view_gets_no_news()
    {
        await ListedAsync();
        gateway.FeedsAreAway = true;
        using var body = new StringContent(Order, System.Text.Encoding.UTF8, "application/json");
        using var written = await gateway.Http.PostAsync("/orders", body);
        var token = written.Headers.GetValues("Consistency-Token").Single();

        using var one = await gateway.GetAsync("/orders/placed", token);
        using var list = await gateway.GetAsync("/orders", token);

        (await one.Content.ReadFromJsonAsync<OrderViewDetails>())!.Version.ShouldBe(3);
        (await list.Content.ReadFromJsonAsync<OrderViewPage>())!.Items.ShouldHaveSingleItem().Version.ShouldBe(3);
    }

    [Fact]
    public async Task what_reads_orders_today_still_can()
    {
        gateway.Put("o1", version: 2);
        await ListedAsync();

        using var one = await gateway.GetAsync("/orders/o1");
        using var list = await gateway.GetAsync("/orders");

        (await one.Content.ReadFromJsonAsync<OrderDetails>())!.Version.ShouldBe(2);
        (await list.Content.ReadFromJsonAsync<Page<OrderDetails>>())!.Items.ShouldHaveSingleItem().OrderId.ShouldBe("o1");
        var json = await (await gateway.GetAsync("/orders")).Content.ReadFromJsonAsync<JsonElement>();
        json.GetProperty("asOf").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
        json.GetProperty("lagMs").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
        json.GetProperty("items")[0].TryGetProperty("asOf", out _).ShouldBeFalse();
        json.GetProperty("items")[0].GetProperty("source").GetString().ShouldBe("view");
    }

    [Theory]
    [InlineData("customerId=a%20b", "customerId")]
    [InlineData("customerId=", "customerId")]
    [InlineData("status=Shipped", "status")]
    [InlineData("status=", "status")]
    [InlineData("pattern=magic", "pattern")]
    [InlineData("attention=maybe", "attention")]
    [InlineData("order=random", "order")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    public async Task a_bad_filter_is_refused_by_name(string query, string field)
    {
        using var answer = await gateway.GetAsync("/orders?" + query);

        ((int)answer.StatusCode).ShouldBe(422);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("/orders/o1")]
    [InlineData("/orders")]
    public async Task a_malformed_token_is_refused(string path)
    {
        using var answer = await gateway.GetAsync(path, "gibberish");

        ((int)answer.StatusCode).ShouldBe(422);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("/orders/nosuch")]
    [InlineData("/orders/no%2Fsuch%20%F0%9F%8D%8F")]
    public async Task an_unknown_order_is_not_found(string path)
    {
        using var answer = await gateway.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task an_operator_rebuilds_the_view_and_sees_how_it_is()
    {
        gateway.Put("o1", version: 1);
        await ListedAsync();

        using var accepted = await gateway.Http.PostAsync("/views/orders/rebuild", content: null);

        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.HoldsAsync(
            async () => (await gateway.Http.GetFromJsonAsync<OrderViewState>("/views/orders"))!.Rebuild is null, () => "The rebuild did not end.");
        var state = (await gateway.Http.GetFromJsonAsync<OrderViewState>("/views/orders"))!;
        state.Rows.ShouldBe(1);
        state.Sources.Select(s => s.Service).ShouldBe([AppIds.Orders, AppIds.Inventory, AppIds.Invoices]);
        var snapshot = (await gateway.Http.GetFromJsonAsync<OrderViewSnapshotPage>("/snapshots/order-view"))!;
        (snapshot.Items.ShouldHaveSingleItem().OrderId, snapshot.AsOf).ShouldBe(("o1", snapshot.AsOf));
        using var bad = await gateway.GetAsync("/snapshots/order-view?limit=0");
        ((int)bad.StatusCode).ShouldBe(422);
    }

    private Task ListedAsync() => Eventually.HoldsAsync(
        async () =>
        {
            using var answer = await gateway.GetAsync("/orders");
            return answer.IsSuccessStatusCode;
        },
        () => "The view was not filled.");
}
