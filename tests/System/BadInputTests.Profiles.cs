using System.Text;
using System.Text.Json;

namespace Tests.System;

/// <summary>Customer profiles, decisions of conflicts, consistency tokens, and ids that are none.</summary>
public sealed partial class BadInputTests
{
    public static TheoryData<string, string, byte[], int, string> Profiles => new()
    {
        // method, path, body, status, what the answer must name
        { "PATCH", "customers/known", "null"u8.ToArray(), 422, "body" },
        { "PATCH", "customers/known", "[]"u8.ToArray(), 422, "body" },
        { "PATCH", "customers/known", """{"name":"""u8.ToArray(), 400, "not JSON" },
        { "PATCH", "customers/known", """{"phone":"1"}"""u8.ToArray(), 422, "phone" },
        { "PATCH", "customers/known", """{"name":["x"]}"""u8.ToArray(), 422, "name" },
        { "PATCH", "customers/known", """{"name":"a","name":"b"}"""u8.ToArray(), 422, "name" },
        { "PATCH", "customers/known", """{"name":"\ud800"}"""u8.ToArray(), 422, "name" },
        { "PATCH", "customers/known", [.. "{\"name\":\""u8, 0xff, .. "\"}"u8], 422, "name" },
        { "PATCH", "customers/known", Encoding.UTF8.GetBytes($$"""{"name":"{{new string('x', 900_000)}}"}"""), 422, "900000 characters" },
        { "PATCH", "customers/known", Encoding.UTF8.GetBytes($$"""{"name":"{{new string('x', 2_000_000)}}"}"""), 413, "larger" },
        { "PATCH", "customers/known", """{"shippingAddress":{"city":{}}}"""u8.ToArray(), 422, "shippingAddress.city" },
        { "PATCH", "customers/known", """{"creditLimitCents":1e999}"""u8.ToArray(), 422, "1e999" },
        { "PATCH", "billing/customers/known", """{"creditLimitCents":null}"""u8.ToArray(), 422, "creditLimitCents" },
        { "PATCH", "billing/customers/a%20b", """{"name":"x"}"""u8.ToArray(), 422, "a b" },
        { "PATCH", "customers/nobody", "{}"u8.ToArray(), 404, "nobody" },
        { "POST", "customers/known/conflicts/email", "[]"u8.ToArray(), 400, "JSON" },
        { "POST", "customers/known/conflicts/email", "{}"u8.ToArray(), 422, "value" },
        { "POST", "customers/known/conflicts/phone", """{"value":"1"}"""u8.ToArray(), 422, "phone" },
        { "POST", "customers/known/conflicts/email", """{"value":7}"""u8.ToArray(), 422, "email" },
        { "POST", "customers/known/conflicts/email", """{"value":"a@x.example"}"""u8.ToArray(), 409, "known" },
        { "POST", "billing/customers/nobody/conflicts/email", """{"value":"a@x.example"}"""u8.ToArray(), 404, "nobody" },
    };

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task bad_profiles_and_decisions_are_told_by_field_and_change_nothing(string method, string path, byte[] body, int status, string named)
    {
        using var before = await fixture.SendAsync("PATCH", "customers/known", """{"name":"Known"}"""u8.ToArray());

        using var answer = await fixture.SendAsync(method, path, body);

        await IsProblemAsync(answer, status, named);
        using var after = await fixture.Http.GetAsync("customers/known");
        (await after.Content.ReadAsStringAsync()).ShouldBe(await before.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("orders/")]
    [InlineData("orders/some@0")]
    [InlineData("orders/some@-1")]
    [InlineData("orders/some@99999999999999999999")]
    [InlineData("orders/a b@1")]
    [InlineData("invoices/some@1")]
    [InlineData("orders/some@1,,")]
    public async Task what_is_no_consistency_token_is_refused(string token)
    {
        foreach (var path in new[] { "orders", "orders/some" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Consistency-Token", token);

            using var answer = await fixture.Http.SendAsync(request);

            await IsProblemAsync(answer, 422, "Consistency-Token");
        }
    }

    [Fact]
    public async Task orders_by_no_id_are_not_found_and_do_not_keep_others_from_the_cache()
    {
        for (var i = 0; i < 10; i++)
        {
            using var answer = await fixture.Http.GetAsync("orders/a%7C%7Cb");
            await IsProblemAsync(answer, 404, "a||b");
        }

        using var figures = JsonDocument.Parse(await fixture.Http.GetStringAsync("cache"));
        figures.RootElement.GetProperty("orders").GetProperty("failed").GetInt64().ShouldBe(0);
    }
}
