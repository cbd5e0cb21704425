using System.Text.Json;
using Tests.Contract.Hosting;

namespace Tests.Contract.State;

/// <summary>Single values: save, get, delete, keys. Expected answers are those recorded from Dapr 1.18.3.</summary>
public sealed class StateTests(DaprFixture dapr)
{
    public static TheoryData<string> Stores => [.. DaprFixture.Stores];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_saved_value_is_read_back_with_an_etag(string store)
    {
        var key = DaprFixture.Key("k");

        var saved = await dapr.Client.SaveAsync(store, key, "\"hello\"");
        saved.Status.ShouldBe(204);
        saved.Body.ShouldBeEmpty();
        var read = await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}");

        read.Status.ShouldBe(200);
        read.Body.ShouldBe("\"hello\"");
        read.Headers["Content-Type"].ShouldBe("application/json");
        read.ETag.ShouldNotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task every_kind_of_json_value_is_read_back(string store)
    {
        foreach (var value in new[] { """{"a":1,"b":[true,null,"x"]}""", "12.5", "null", "false", "[]", "\"\"", "\"\\u0437\\u2603 <&>\"" })
        {
            var key = DaprFixture.Key("v");
            (await dapr.Client.SaveAsync(store, key, value)).Status.ShouldBe(204);

            var read = await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}");

            JsonElement.DeepEquals(read.Json, JsonDocument.Parse(value).RootElement).ShouldBeTrue($"{value} became {read.Body}");
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task the_json_text_is_kept_byte_for_byte(string store)
    {
        dapr.Embedded("daprd parses and writes values anew");
        var key = DaprFixture.Key("raw");
        const string text = """{ "b" : 1.50, "a":"\u003c<" }""";
        await dapr.Client.SaveAsync(store, key, text);

        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}")).Body.ShouldBe(text);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task an_item_without_a_value_is_null(string store)
    {
        var key = DaprFixture.Key("absent");
        (await dapr.Client.PostJsonAsync($"/v1.0/state/{store}", $$"""[{"key":"{{key}}"}]""")).Status.ShouldBe(204);

        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}")).Body.ShouldBe("null");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_missing_key_is_204(string store)
    {
        var read = await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{DaprFixture.Key("missing")}");

        read.Status.ShouldBe(204);
        read.Body.ShouldBeEmpty();
        read.Headers.ShouldNotContainKey("ETag");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_deleted_key_is_gone_and_deleting_again_is_no_error(string store)
    {
        var key = DaprFixture.Key("d");
        await dapr.Client.SaveAsync(store, key, "1");

        (await dapr.Client.SendAsync(HttpMethod.Delete, $"/v1.0/state/{store}/{key}", null)).Status.ShouldBe(204);
        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}")).Status.ShouldBe(204);
        (await dapr.Client.SendAsync(HttpMethod.Delete, $"/v1.0/state/{store}/{key}", null)).Status.ShouldBe(204);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task put_saves_like_post(string store)
    {
        var key = DaprFixture.Key("put");
        var saved = await dapr.Client.SendAsync(
            HttpMethod.Put, $"/v1.0/state/{store}", $$"""[{"key":"{{key}}","value":7}]""", ("Content-Type", "application/json"));

        saved.Status.ShouldBe(204);
        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}")).Body.ShouldBe("7");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_key_with_space_slash_and_percent_is_read_by_its_escaped_form_only(string store)
    {
        var key = DaprFixture.Key("a b/c%2Fd");
        await dapr.Client.SaveAsync(store, key, "\"x\"");

        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{Uri.EscapeDataString(key)}")).Body.ShouldBe("\"x\"");
        var unescaped = await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key.Replace(" ", "%20").Replace("%2F", "%252F")}");
        unescaped.Status.ShouldBe(404);
        unescaped.ErrorCode.ShouldBe("ERR_DIRECT_INVOKE");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_key_in_another_script_is_a_key_like_any_other(string store)
    {
        var key = DaprFixture.Key("ключ");
        await dapr.Client.SaveAsync(store, key, "1");

        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{Uri.EscapeDataString(key)}")).Body.ShouldBe("1");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_key_with_the_separator_is_refused_everywhere(string store)
    {
        Answer[] answers =
        [
            await dapr.Client.SaveAsync(store, "a||b", "1"),
            await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/a||b"),
            await dapr.Client.SendAsync(HttpMethod.Delete, $"/v1.0/state/{store}/a%7C%7Cb", null),
            await dapr.Client.PostJsonAsync($"/v1.0/state/{store}/bulk", """{"keys":["a||b"]}"""),
            await dapr.Client.PostJsonAsync(
                $"/v1.0/state/{store}/transaction", """{"operations":[{"operation":"upsert","request":{"key":"a||b","value":1}}]}"""),
        ];
        foreach (var answer in answers)
        {
            answer.Status.ShouldBe(400);
            answer.ErrorCode.ShouldBe("ERR_MALFORMED_REQUEST");
            answer.Message.ShouldContain("input key/keyPrefix 'a||b' can't contain '||'");
            answer.Json.GetProperty("details")[2].GetProperty("reason").GetString().ShouldBe("DAPR_STATE_ILLEGAL_KEY");
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task the_last_write_of_a_doubled_key_stays(string store)
    {
        var key = DaprFixture.Key("dup");
        var items = string.Join(',', Enumerable.Range(1, 20).Select(i => $$"""{"key":"{{key}}","value":{{i}}}"""));
        dapr.Embedded("daprd writes the items of a request in no promised order");
        (await dapr.Client.PostJsonAsync($"/v1.0/state/{store}", $"[{items}]")).Status.ShouldBe(204);

        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}")).Body.ShouldBe("20");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task consistency_is_accepted_on_reads_whatever_it_says(string store)
    {
        var key = DaprFixture.Key("cons");
        await dapr.Client.SaveAsync(store, key, "1");

        foreach (var consistency in new[] { "strong", "eventual", "bogus" })
        {
            (await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}?consistency={consistency}")).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task an_unknown_store_is_400_and_names_itself()
    {
        foreach (var answer in new[]
        {
            await dapr.Client.GetAnswerAsync("/v1.0/state/nostore/k"),
            await dapr.Client.SendAsync(HttpMethod.Delete, "/v1.0/state/nostore/k", null),
            await dapr.Client.PostJsonAsync("/v1.0/state/nostore", "[]"),
            await dapr.Client.PostJsonAsync("/v1.0/state/nostore/bulk", """{"keys":["a"]}"""),
            await dapr.Client.PostJsonAsync("/v1.0/state/nostore/transaction", "{}"),
        })
        {
            answer.Status.ShouldBe(400);
            answer.ErrorCode.ShouldBe("ERR_STATE_STORE_NOT_FOUND");
            answer.Message.ShouldBe("state store nostore is not found");
            answer.Json.GetProperty("details")[0].GetProperty("reason").GetString().ShouldBe("DAPR_STATE_NOT_FOUND");
        }
    }

    [Fact]
    public async Task without_any_store_the_answer_is_500_not_configured()
    {
        dapr.Embedded("it has a store");
        await using var bare = await EmbeddedSidecar.StartAsync(new SidecarOptions
        {
            Stores = new Dictionary<string, (string, Dictionary<string, string>)>(StringComparer.Ordinal),
        });

        var answer = await bare.Client.GetAnswerAsync("/v1.0/state/statestore/k");

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe(
            """{"errorCode":"ERR_STATE_STORE_NOT_CONFIGURED","message":"state store statestore is not configured","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":{"appID":"app-a"},"reason":"DAPR_STATE_NOT_CONFIGURED"}]}""");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task other_paths_and_methods_are_404(string store)
    {
        foreach (var answer in new[]
        {
            await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}"),
            await dapr.Client.PostJsonAsync($"/v1.0/state/{store}/k1", "[]"),
            await dapr.Client.SendAsync(HttpMethod.Patch, $"/v1.0/state/{store}/k1", "1"),
            await dapr.Client.GetAnswerAsync("/v1.0/state"),
            await dapr.Client.GetAnswerAsync("/v1.0/state/"),
        })
        {
            answer.Status.ShouldBe(404);
            answer.ErrorCode.ShouldBe("ERR_DIRECT_INVOKE");
        }
    }

    [Fact]
    public async Task a_query_is_answered_as_by_a_store_that_cannot_query()
    {
        dapr.Embedded("its store may be able to query");

        var answer = await dapr.Client.PostJsonAsync("/v1.0-alpha1/state/statestore/query", """{"filter":{}}""");

        answer.Status.ShouldBe(500);
        answer.ErrorCode.ShouldBe("ERR_STATE_STORE_NOT_SUPPORTED");
    }
}
