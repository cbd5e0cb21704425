using Tests.Contract.Hosting;

namespace Tests.Contract.State;

/// <summary>Bulk get and transactions.</summary>
public sealed class StateBulkAndTransactionTests(DaprFixture dapr)
{
    public static TheoryData<string> Stores => [.. DaprFixture.Stores];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task bulk_get_answers_in_the_order_asked_with_missing_keys_bare(string store)
    {
        var (a, missing, b) = (DaprFixture.Key("a"), DaprFixture.Key("missing"), DaprFixture.Key("b"));
        await dapr.Client.SaveAsync(store, a, """{"x":1}""");
        await dapr.Client.SaveAsync(store, b, "null");
        var etag = (await ReadAsync(store, a)).ETag;

        var bulk = await dapr.Client.PostJsonAsync(
            $"/v1.0/state/{store}/bulk", $$"""{"keys":["{{a}}","{{missing}}","{{b}}"],"parallelism":10}""");

        bulk.Status.ShouldBe(200);
        bulk.Headers["Content-Type"].ShouldBe("application/json");
        bulk.Body.ShouldStartWith($$"""[{"key":"{{a}}","data":{"x":1},"etag":"{{etag}}"},{"key":"{{missing}}"},{"key":"{{b}}","data":null,"etag":""");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task bulk_get_of_nothing_is_an_empty_list(string store)
    {
        foreach (var body in new[] { "{}", """{"keys":[]}""", """{"keys":null}""" })
        {
            var bulk = await dapr.Client.PostJsonAsync($"/v1.0/state/{store}/bulk", body);
            bulk.Status.ShouldBe(200);
            bulk.Body.TrimEnd().ShouldBe("[]");
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_transaction_upserts_and_deletes(string store)
    {
        var (t1, t2, gone) = (DaprFixture.Key("t1"), DaprFixture.Key("t2"), DaprFixture.Key("gone"));
        await dapr.Client.SaveAsync(store, gone, "1");

        var answer = await TransactAsync(store, Upsert(t1, """{"x":1}"""), Upsert(t2, "\"two\""), Delete(gone));

        answer.Status.ShouldBe(204);
        (await ReadAsync(store, t1)).Body.ShouldBe("""{"x":1}""");
        (await ReadAsync(store, t2)).Body.ShouldBe("\"two\"");
        (await ReadAsync(store, gone)).Status.ShouldBe(204);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_transaction_may_be_put(string store)
    {
        var key = DaprFixture.Key("t3");
        var answer = await dapr.Client.SendAsync(
            HttpMethod.Put, $"/v1.0/state/{store}/transaction", $$"""{"operations":[{{Upsert(key, "3")}}]}""", ("Content-Type", "application/json"));

        answer.Status.ShouldBe(204);
        (await ReadAsync(store, key)).Body.ShouldBe("3");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_stale_etag_fails_the_whole_transaction_with_500(string store)
    {
        dapr.Embedded("Redis does not roll back");
        var (before, stale, after) = (DaprFixture.Key("t8"), DaprFixture.Key("t1"), DaprFixture.Key("t9"));
        await dapr.Client.SaveAsync(store, stale, "1");

        var answer = await TransactAsync(store, Upsert(before, "8"), Upsert(stale, "\"bad\"", ",\"etag\":\"9999\""), Upsert(after, "9"));

        answer.Status.ShouldBe(500);
        answer.ErrorCode.ShouldBe("ERR_STATE_TRANSACTION");
        answer.Message.ShouldStartWith("error while executing state transaction: possible etag mismatch. error from state store: ");
        answer.Message.ShouldContain($"app-a||{stale}");
        (await ReadAsync(store, before)).Status.ShouldBe(204);
        (await ReadAsync(store, stale)).Body.ShouldBe("1");
        (await ReadAsync(store, after)).Status.ShouldBe(204);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_stale_delete_fails_the_whole_transaction(string store)
    {
        dapr.Embedded("Redis does not roll back");
        var (kept, other) = (DaprFixture.Key("kept"), DaprFixture.Key("other"));
        await dapr.Client.SaveAsync(store, kept, "1");

        var answer = await TransactAsync(
            store, Upsert(other, "2"), $$$"""{"operation":"delete","request":{"key":"{{{kept}}}","etag":"9999","options":{"concurrency":"first-write"} } }""");

        answer.Status.ShouldBe(500);
        (await ReadAsync(store, kept)).Body.ShouldBe("1");
        (await ReadAsync(store, other)).Status.ShouldBe(204);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task an_unknown_operation_is_400(string store)
    {
        var answer = await TransactAsync(store, """{"operation":"frob","request":{"key":"t1"}}""");

        answer.Status.ShouldBe(400);
        answer.Body.ShouldBe("""{"errorCode":"ERR_NOT_SUPPORTED_STATE_OPERATION","message":"operation type frob not supported"}""");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_transaction_without_operations_is_204(string store)
    {
        (await TransactAsync(store)).Status.ShouldBe(204);
        (await dapr.Client.PostJsonAsync($"/v1.0/state/{store}/transaction", "{}")).Status.ShouldBe(204);
    }

    private Task<Answer> TransactAsync(string store, params string[] operations) =>
        dapr.Client.PostJsonAsync(
            $"/v1.0/state/{store}/transaction", "{\"operations\":[" + string.Join(',', operations) + "],\"metadata\":{\"partitionKey\":\"p\"}}");

    private Task<Answer> ReadAsync(string store, string key) => dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}");

    private static string Upsert(string key, string value, string more = "") =>
        $$$"""{"operation":"upsert","request":{"key":"{{{key}}}","value":{{{value}}}{{{more}}} } }""";

    private static string Delete(string key) => $$$"""{"operation":"delete","request":{"key":"{{{key}}}"}}""";
}
