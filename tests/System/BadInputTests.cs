using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cli.Gateway;

namespace Tests.System;

/// <summary>Goal: bad input is told by field and value, and changes nothing. Method: the real system, raw requests.</summary>
public sealed partial class BadInputTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    public static TheoryData<string, string, string, int, string> Bodies => new()
    {
        // what, path, body, status, what the answer must name
        { "malformed JSON", "orders", """{"customerId":"c","lines":[""", 400, "is not JSON" },
        { "no body", "orders", "", 400, "body" },
        { "null", "orders", "null", 400, "body" },
        { "an array", "orders", "[]", 400, "JSON" },
        { "missing customer", "orders", """{"lines":[{"sku":"plenty","quantity":1}]}""", 422, "customerId" },
        { "customer with a blank", "orders", """{"customerId":"a b","lines":[{"sku":"plenty","quantity":1}]}""", 422, "customerId" },
        { "no lines", "orders", """{"customerId":"c","lines":[]}""", 422, "lines" },
        { "null line", "orders", """{"customerId":"c","lines":[null]}""", 422, "lines[0].sku" },
        { "missing quantity", "orders", """{"customerId":"c","lines":[{"sku":"plenty"}]}""", 422, "lines[0].quantity" },
        { "negative quantity", "orders", """{"customerId":"c","lines":[{"sku":"plenty","quantity":-1}]}""", 422, "lines[0].quantity" },
        { "zero quantity", "orders", """{"customerId":"c","lines":[{"sku":"plenty","quantity":0}]}""", 422, "lines[0].quantity" },
        { "absurd quantity", "orders", """{"customerId":"c","lines":[{"sku":"plenty","quantity":9223372036854775807}]}""", 422, "lines[0].quantity" },
        { "quantity beyond all numbers", "orders", """{"customerId":"c","lines":[{"sku":"plenty","quantity":1e999}]}""", 400, "lines[0].quantity" },
        { "fractional quantity", "orders", """{"customerId":"c","lines":[{"sku":"plenty","quantity":1.5}]}""", 400, "lines[0].quantity" },
        { "quantity as an object", "orders", """{"customerId":"c","lines":[{"sku":"plenty","quantity":{}}]}""", 400, "lines[0].quantity" },
        { "unknown SKU", "orders", """{"customerId":"c","lines":[{"sku":"plenty","quantity":1},{"sku":"nosuch","quantity":1}]}""", 422, "lines[1].sku" },
        { "SKU on two lines", "orders", """{"customerId":"c","lines":[{"sku":"plenty","quantity":1},{"sku":"plenty","quantity":1}]}""", 422, "lines[1].sku" },
        { "unknown pattern", "orders", """{"customerId":"c","pattern":"magic","lines":[{"sku":"plenty","quantity":1}]}""", 422, "pattern" },
        { "10,000 lines", "orders", $$"""{"customerId":"c","lines":[{{string.Join(',', Enumerable.Range(0, 10_000).Select(i => $$"""{"sku":"s{{i}}","quantity":1}"""))}}]}""", 422, "lines" },
        { "2 MB of text", "orders", $$"""{"customerId":"{{new string('x', 2_000_000)}}"}""", 413, "larger" },
        { "a name without end", "products", $$"""{"sku":"x","name":"{{new string('x', 10_000)}}","unitPriceCents":1}""", 422, "name" },
        { "negative price", "products", """{"sku":"x","name":"x","unitPriceCents":-1}""", 422, "unitPriceCents" },
        { "stock of nothing", "stock/nosuch/adjust", """{"quantity":1}""", 404, "nosuch" },
        { "adjusting by zero", "stock/plenty/adjust", """{"quantity":0}""", 422, "quantity" },
        { "taking more than there is", "stock/scarce/adjust", """{"quantity":-21}""", 422, "quantity" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task bad_bodies_are_told_by_field_and_change_nothing(string what, string path, string body, int status, string named)
    {
        var before = await fixture.StateAsync();

        using var answer = await fixture.PostAsync(path, body);

        await IsProblemAsync(answer, status, named, what);
        (await fixture.StateAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task another_content_type_is_refused()
    {
        using var answer = await fixture.PostAsync("orders", "<order/>", "application/xml");

        await IsProblemAsync(answer, 415, "application/json");
    }

    [Fact]
    public async Task a_key_used_for_another_request_is_refused_and_a_repetition_gets_the_same_order()
    {
        const string Body = """{"customerId":"key","lines":[{"sku":"plenty","quantity":1}]}""";
        using var first = await fixture.PostAsync("orders", Body, key: "k-1");
        using var repeated = await fixture.PostAsync("orders", Body, key: "k-1");
        var before = await fixture.StateAsync();

        using var other = await fixture.PostAsync("orders", Body.Replace("1}", "2}", StringComparison.Ordinal), key: "k-1");

        first.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await repeated.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        await IsProblemAsync(other, 422, "Idempotency-Key");
        (await fixture.StateAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task a_key_in_quotation_marks_is_the_same_key_and_comes_back()
    {
        const string Body = """{"customerId":"quoted","lines":[{"sku":"plenty","quantity":1}]}""";
        using var plain = await fixture.PostAsync("orders", Body, key: "k-2");

        using var quoted = await fixture.PostAsync("orders", Body, key: "\"k-2\"");

        (await quoted.Content.ReadAsStringAsync()).ShouldBe(await plain.Content.ReadAsStringAsync());
        quoted.Headers.GetValues("Idempotency-Key").ShouldBe(["k-2"]);
    }

    [Fact]
    public async Task a_key_used_for_another_order_is_refused()
    {
        const string Body = """{"customerId":"two","lines":[{"sku":"plenty","quantity":1}]}""";
        using var one = await fixture.PostAsync("orders", Body);
        using var two = await fixture.PostAsync("orders", Body);
        using var first = await fixture.PostAsync($"{one.Headers.Location!.ToString().TrimStart('/')}/cancel", "", key: "k-3");

        using var second = await fixture.PostAsync($"{two.Headers.Location!.ToString().TrimStart('/')}/cancel", "", key: "k-3");

        first.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await IsProblemAsync(second, 422, "Idempotency-Key");
    }

    [Fact]
    public async Task a_write_against_an_old_version_is_refused_and_against_the_version_now_done()
    {
        const string Body = """{"sku":"versioned","name":"v","unitPriceCents":1}""";
        using var created = await fixture.PostAsync("products", Body);
        var tag = created.Headers.ETag!.ToString();
        using var changed = await fixture.PostAsync("products", Body, ifMatch: tag);

        using var stale = await fixture.PostAsync("products", Body, ifMatch: tag);

        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await IsProblemAsync(stale, 412, "If-Match");
        using var read = await fixture.Http.GetAsync("products/versioned");
        read.Headers.ETag!.ToString().ShouldBe(changed.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task a_key_that_is_no_key_is_refused()
    {
        using var answer = await fixture.PostAsync(
            "orders", """{"customerId":"c","lines":[{"sku":"plenty","quantity":1}]}""", key: new string('k', 65));

        await IsProblemAsync(answer, 422, "Idempotency-Key");
    }

    [Theory]
    [InlineData("orders/nosuch", 404, "nosuch")]
    [InlineData("products/nosuch", 404, "nosuch")]
    [InlineData("invoices/nosuch", 404, "nosuch")]
    [InlineData("catalog/nosuch", 404, "nosuch")]
    [InlineData("services/nosuch/progress", 404, "nosuch")]
    [InlineData("snapshots/nosuch", 404, "nosuch")]
    [InlineData("nosuch", 404, "Not Found")]
    [InlineData("orders?limit=0", 422, "limit")]
    [InlineData("orders?limit=1001", 422, "limit")]
    [InlineData("orders?limit=ten", 400, "limit")]
    [InlineData("orders?status=Lost", 422, "status")]
    [InlineData("orders?status=", 422, "status")]
    [InlineData("orders?pattern=magic", 422, "pattern")]
    [InlineData("orders?attention=perhaps", 422, "attention")]
    [InlineData("orders?order=random", 422, "order")]
    [InlineData("orders?customerId=a%20b", 422, "customerId")]
    [InlineData("orders?limit=99999999999", 400, "limit")]
    [InlineData("products?limit=ten", 400, "limit: 'ten'")]
    [InlineData("conflicts?status=maybe", 422, "status")]
    [InlineData("conflicts?after=first", 422, "after")]
    [InlineData("billing/conflicts?limit=0", 422, "limit")]
    [InlineData("customers/nosuch", 404, "nosuch")]
    [InlineData("billing/customers/nosuch", 404, "nosuch")]
    [InlineData("services/nosuch/repairs", 404, "nosuch")]
    [InlineData("services/orders/repairs?after=-1", 422, "after")]
    [InlineData("services/orders/repairs?after=x", 400, "after: 'x'")]
    [InlineData("snapshots/order-view?limit=0", 422, "limit")]
    public async Task bad_questions_are_answered_by_name(string path, int status, string named)
    {
        using var answer = await fixture.Http.GetAsync(path);

        await IsProblemAsync(answer, status, named);
    }

    [Fact]
    public async Task cancelling_an_unknown_order_is_not_found()
    {
        using var answer = await fixture.PostAsync("orders/nosuch/cancel", "");

        await IsProblemAsync(answer, 404, "nosuch");
    }

    [Fact]
    public async Task the_openapi_document_lists_the_routes()
    {
        using var document = JsonDocument.Parse(await fixture.Http.GetStringAsync("openapi/v1.json"));

        document.RootElement.GetProperty("paths").EnumerateObject().Select(p => p.Name).ShouldContain("/orders/{orderId}/cancel");
        Operation("/orders/{orderId}", "get").ShouldContain("Consistency-Token");
        Operation("/orders", "get").ShouldNotContain("\"404\"");
        Operation("/orders/{orderId}/cancel", "post").ShouldContain("Idempotency-Key");
        Operation("/billing/customers/{customerId}", "patch").ShouldContain("application/merge-patch");

        string Operation(string path, string method) =>
            document.RootElement.GetProperty("paths").GetProperty(path).GetProperty(method).GetRawText();
    }

    private static async Task IsProblemAsync(HttpResponseMessage answer, int status, string named, string? what = null)
    {
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, $"{what}: {text}");
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        text.ShouldContain(named);
    }

    /// <summary>One system for all of these tests: none of them changes anything.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private SystemUnderTest? system;

        public HttpClient Http { get; } = new();

        public async ValueTask InitializeAsync()
        {
            system = await SystemUnderTest.StartAsync();
            Http.BaseAddress = system.Address;
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", system.Secrets.OperatorKey);
            await new Shopper(system.Gateway).StockAsync();
        }

        public async Task<HttpResponseMessage> PostAsync(string path, string body, string contentType = "application/json", string? key = null, string? ifMatch = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }

            if (ifMatch is not null)
            {
                request.Headers.Add("If-Match", ifMatch);
            }

            return await Http.SendAsync(request);
        }

        public async Task<HttpResponseMessage> SendAsync(string method, string path, byte[] body)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            return await Http.SendAsync(request);
        }

        /// <summary>Everything that a request could have changed.</summary>
        public async Task<string> StateAsync()
        {
            var snapshot = await SnapshotReader.ReadAsync(system!.Gateway, TimeProvider.System, CancellationToken.None);
            return JsonSerializer.Serialize(new { Orders = snapshot.Orders.Select(o => o.OrderId), Stock = snapshot.Stock.Select(s => new { s.Sku, s.Received, s.Version }) });
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            if (system is not null)
            {
                await system.DisposeAsync();
            }
        }
    }
}
