using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Consistency.Conflicts;
using Consistency.Outbox;
using Consistency.Storage;
using Contracts;
using Contracts.Customers;
using Contracts.Feeds;
using Contracts.Snapshots;
using Invoices.Accounts;
using Invoices.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Customers;
using ServiceDefaults.Feeds;
using ServiceDefaults.Hosting;
using Tests.Unit.Consistency;

namespace Tests.Unit.ServiceDefaults;

/// <summary>A service's replica of the customers over HTTP: real endpoints, a real database, no broker.</summary>
public sealed class CustomerEndpointsTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("customers-").FullName;
    private readonly RecordingBroker broker = new();
    private readonly WebApplication app;
    private readonly HttpClient http = new();

    public CustomerEndpointsTests()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("DATA_DIR", (string?)directory)]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddConsistentService<InvoicesDb>("invoices", o => new InvoicesDb(o));
        builder.Services.AddSingleton(new CreditPolicy(50_000));
        builder.AddCustomerReplica<InvoicesDb>(services => services.GetRequiredService<CreditPolicy>().Follow);
        builder.Services.AddSingleton<IMessagePublisher>(broker);
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapConsistentService<InvoicesDb>(_ => 0);
        app.MapAccounts();
        app.MapCustomers<InvoicesDb>();
        app.MapChanges<InvoicesDb>(feed => feed.OfferCustomers());
    }

    public static TheoryData<string, string, string> BadPatches => new()
    {
        // what, body, what the answer must name
        { "an array", "[]", "body" },
        { "a text", "\"x\"", "body" },
        { "null", "null", "body" },
        { "an unknown field", """{"phone":"1"}""", "phone" },
        { "a field in other case", """{"Name":"x"}""", "Name" },
        { "a blank name", """{"name":" "}""", "name" },
        { "a name without end", $$"""{"name":"{{new string('x', 201)}}"}""", "name" },
        { "a name with a line break", """{"name":"a\nb"}""", "name" },
        { "a number as name", """{"name":7}""", "name" },
        { "half a surrogate as name", """{"name":"\ud800"}""", "name" },
        { "half a surrogate as field", """{"\ud800":"x"}""", "not known" },
        { "no e-mail address", """{"email":"ann"}""", "email" },
        { "two e-mail addresses", """{"email":"a@x,b@y"}""", "email" },
        { "an e-mail address without end", $$"""{"email":"{{new string('x', 254)}}@x"}""", "email" },
        { "a text as address", """{"shippingAddress":"Bonn"}""", "shippingAddress" },
        { "an unknown member", """{"shippingAddress":{"planet":"Mars"}}""", "shippingAddress.planet" },
        { "an object as city", """{"billingAddress":{"city":{}}}""", "billingAddress.city" },
        { "a country by its name", """{"billingAddress":{"country":"Germany"}}""", "billingAddress.country" },
        { "a postal code without end", """{"billingAddress":{"postalCode":"123456789012345678901"}}""", "billingAddress.postalCode" },
        { "a negative limit", """{"creditLimitCents":-1}""", "creditLimitCents" },
        { "a limit beyond all", """{"creditLimitCents":100000000000001}""", "creditLimitCents" },
        { "a limit in fractions", """{"creditLimitCents":1.5}""", "creditLimitCents" },
        { "a limit as text", """{"creditLimitCents":"7"}""", "creditLimitCents" },
        { "a field twice", """{"name":"a","name":"b"}""", "more than once" },
        { "a member twice", """{"shippingAddress":{"city":"A","city":"B"}}""", "shippingAddress.city" },
        { "no limit at all", """{"creditLimitCents":null}""", "creditLimitCents" },
    };

    private string Url => app.Urls.Single();

    public async ValueTask InitializeAsync() => await app.StartAsync();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [MemberData(nameof(BadPatches))]
    public async Task a_bad_patch_is_told_by_field_and_changes_nothing(string what, string body, string named)
    {
        using var answer = await PatchAsync("ann", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, what);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadAsStringAsync()).ShouldContain(named);
        (await http.GetAsync($"{Url}/customers/ann")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("{\"name\":\"\u00ff\"}", "name")]
    [InlineData("{\"\u00ff\":\"x\"}", "not known")]
    [InlineData("{\"shippingAddress\":{\"city\":\"\u00ff\"}}", "shippingAddress.city")]
    [InlineData("[\"\u00ff\"]", "body")]
    public async Task bytes_that_are_no_utf8_are_told_by_field(string body, string named)
    {
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        content.Headers.ContentType = new("application/json");

        using var answer = await http.PatchAsync($"{Url}/customers/ann", content);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(named);
    }

    [Fact]
    public async Task a_decision_that_names_a_member_twice_is_refused() =>
        (await ResolveAsync("ann", "billingAddress", """{"value":{"city":"A","city":"B"}}""")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

    [Fact]
    public async Task a_parameter_of_the_wrong_type_is_told_by_name_and_value()
    {
        using var answer = await http.GetAsync($"{Url}/conflicts?limit=ten");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("limit: 'ten' has the wrong type.", Case.Sensitive);
    }

    [Theory]
    [InlineData("""{"name":""", 400)]
    [InlineData("", 400)]
    public async Task what_is_no_json_is_refused(string body, int status) =>
        ((int)(await PatchAsync("ann", body)).StatusCode).ShouldBe(status);

    [Fact]
    public async Task another_content_type_is_refused() =>
        (await PatchAsync("ann", "<name/>", type: "application/xml")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);

    [Fact]
    public async Task a_customer_id_with_a_blank_is_refused() =>
        (await PatchAsync("a%20b", """{"name":"Ann"}""")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":null}""")]
    public async Task a_patch_that_sets_nothing_makes_no_customer(string body) =>
        (await PatchAsync("nobody", body)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/merge-patch+json")]
    public async Task a_merge_patch_sets_removes_and_leaves_alone(string type)
    {
        await PatchAsync("ann", """{"name":"Ann","email":"ann@x.example","shippingAddress":{"street":"Weg 1","city":"Bonn"}}""", type: type);

        using var answer = await PatchAsync("ann", """{"email":null,"shippingAddress":{"street":null,"country":"DE"},"billingAddress":null}""", type: type);

        var read = await ReadAsync(answer);
        (read.Name, read.Email, read.ShippingAddress, read.BillingAddress).ShouldBe(("Ann", null, new PostalAddress(City: "Bonn", Country: "DE"), null));
        (await GetAsync("ann")).ShouldBeEquivalentTo(read);
    }

    [Fact]
    public async Task the_entity_tag_is_the_version_vector_and_preconditions_are_kept()
    {
        using var first = await PatchAsync("ann", """{"name":"Ann"}""");
        var tag = first.Headers.ETag!.Tag;
        using var second = await PatchAsync("ann", """{"name":"Anna"}""", ifMatch: tag);

        using var late = await PatchAsync("ann", """{"name":"Anne"}""", ifMatch: tag);

        tag.ShouldMatch("^\"invoices-[0-9a-f]{20}:1\"$");
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        late.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await late.Content.ReadAsStringAsync()).ShouldContain("invoices-");
        (await GetAsync("ann")).Name.ShouldBe("Anna");
        (await PatchAsync("nobody", """{"name":"x"}""", ifMatch: "*")).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await PatchAsync("ann", """{"name":"Anne"}""", ifMatch: "*")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_patch_sent_again_with_its_key_is_one_write_with_one_answer()
    {
        using var first = await PatchAsync("ann", """{"name":"Ann"}""", key: "k1");
        using var other = await PatchAsync("ann", """{"name":"Anna"}""");

        using var again = await PatchAsync("ann", """{"name":"Ann"}""", key: "k1");
        using var reused = await PatchAsync("ann", """{"name":"Anne"}""", key: "k1");

        again.Headers.ETag.ShouldBe(first.Headers.ETag);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        reused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await GetAsync("ann")).Name.ShouldBe("Anna");
    }

    [Fact]
    public async Task a_conflict_is_shown_listed_and_decided()
    {
        await PatchAsync("ann", """{"creditLimitCents":70000}""");
        await HearAsync("ann", "creditLimitCents", Leaf.Of(30_000));

        var conflict = (await GetAsync("ann")).Conflicts.ShouldHaveSingleItem();
        var listed = await http.GetFromJsonAsync<JsonElement>($"{Url}/conflicts?status=open&customerId=ann");
        using var decided = await ResolveAsync("ann", "creditLimitCents", """{"value":60000}""");
        using var again = await ResolveAsync("ann", "creditLimitCents", """{"value":50000}""");

        (conflict.Field, conflict.Open, conflict.Policy).ShouldBe(("creditLimitCents", true, "manual"));
        conflict.Siblings.Select(s => s.Value.GetInt64()).ShouldBe([70_000, 30_000], ignoreOrder: true);
        listed.GetProperty("items").GetArrayLength().ShouldBe(1);
        (await ReadAsync(decided)).CreditLimitCents.ShouldBe(60_000);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await http.GetFromJsonAsync<JsonElement>($"{Url}/conflicts?status=open")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await http.GetFromJsonAsync<JsonElement>($"{Url}/conflicts?status=resolved")).GetProperty("items").GetArrayLength().ShouldBe(1);
        var accounts = app.Services.GetRequiredService<Database<InvoicesDb>>().Read(db => db.Accounts.ToList());
        accounts.Single().CreditLimitCents.ShouldBe(60_000);
    }

    [Theory]
    [InlineData("ann", "email", """{"value":"ann"}""", 422)]
    [InlineData("ann", "email", "{}", 422)]
    [InlineData("ann", "phone", """{"value":"1"}""", 422)]
    [InlineData("ann", "shippingAddress.city", """{"value":"Bonn"}""", 422)]
    [InlineData("ann", "email", """{"value":"a@x.example"}""", 409)]
    [InlineData("nobody", "email", """{"value":"a@x.example"}""", 404)]
    public async Task a_bad_decision_is_refused(string customer, string field, string body, int status)
    {
        await PatchAsync("ann", """{"email":"x@x.example"}""");

        ((int)(await ResolveAsync(customer, field, body)).StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData("status=maybe", "status")]
    [InlineData("after=first", "after")]
    [InlineData("limit=0", "limit")]
    public async Task a_bad_listing_is_told_by_parameter(string query, string named)
    {
        using var answer = await http.GetAsync($"{Url}/conflicts?{query}");

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(named);
    }

    [Fact]
    public async Task conflicts_are_listed_in_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            await PatchAsync($"c{i}", """{"email":"a@x.example"}""");
            await HearAsync($"c{i}", "email", Leaf.Of("b@x.example"));
        }

        var keys = new List<string>();
        for (string? after = "0"; after is not null;)
        {
            var page = await http.GetFromJsonAsync<JsonElement>($"{Url}/conflicts?limit=2&after={after}");
            keys.AddRange(page.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("key").GetString()!));
            after = page.GetProperty("next").GetString();
        }

        keys.ShouldBe(["c0", "c1", "c2", "c3", "c4"]);
    }

    [Fact]
    public async Task the_feed_offers_the_replicated_state()
    {
        await PatchAsync("ann", """{"name":"Ann"}""");

        var page = await http.GetFromJsonAsync<ChangePage>($"{Url}/changes?lane=pushed");

        var state = page!.Items.Single(i => i.Kind == FeedKinds.Customer).Read<CustomerState>();
        RecordStateJson.Read(state.State)["name"].Siblings.Single().Value.AsText().ShouldBe("Ann");
        var snapshot = await http.GetFromJsonAsync<Page<CustomerSnapshot>>($"{Url}/snapshots/customers");
        snapshot!.Items.Single().Document.ShouldBe(state.State.GetRawText());
    }

    [Fact]
    public async Task a_write_is_published_with_the_number_of_writes_that_it_knows()
    {
        await PatchAsync("ann", """{"name":"Ann"}""");
        await HearAsync("ann", "email", Leaf.Of("b@x.example"));
        await PatchAsync("ann", """{"name":"Anna"}""");

        await Eventually.HoldsAsync(() => broker.Published.Count == 2);

        broker.Published.Select(m => (m.Topic, m.Type, m.Subject, m.Version)).ShouldBe(
            [(Topics.Customers, "customer.changed.v1", "ann", 1), (Topics.Customers, "customer.changed.v1", "ann", 3)]);
    }

    // Another replica has written, without knowing of what is here.
    private Task<bool> HearAsync(string customer, string field, Leaf value)
    {
        var state = RecordState.Empty.Write("orders-1", TimeProvider.System.GetUtcNow(), new Dictionary<string, Leaf> { [field] = value });
        return app.Services.GetRequiredService<WriteQueue<InvoicesDb>>().ExecuteAsync(
            work => app.Services.GetRequiredService<CustomerReplica<InvoicesDb>>().Apply(work, customer, JsonElement.Parse(RecordStateJson.Write(state))));
    }

    private async Task<CustomerDetails> GetAsync(string customer) => (await http.GetFromJsonAsync<CustomerDetails>($"{Url}/customers/{customer}"))!;

    private static async Task<CustomerDetails> ReadAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<CustomerDetails>())!;
    }

    private Task<HttpResponseMessage> ResolveAsync(string customer, string field, string body) =>
        http.PostAsync($"{Url}/customers/{customer}/conflicts/{field}", new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<HttpResponseMessage> PatchAsync(
        string customer, string body, string type = "application/merge-patch+json", string? ifMatch = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"{Url}/customers/{customer}") { Content = new StringContent(body, Encoding.UTF8, type) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return await http.SendAsync(request);
    }
}
