using Tests.Contract.Hosting;

namespace Tests.Contract.State;

/// <summary>Mistakes of the caller: refused with a reason, never by failing.</summary>
public sealed class StateMalformedInputTests(DaprFixture dapr)
{
    private static readonly string Store = DaprFixture.Store;

    [Theory]
    [InlineData("""[{"value":"x"}]""", "\"key\" is a required field")]
    [InlineData("""[{"key":"","value":"x"}]""", "\"key\" is a required field")]
    [InlineData("""{"key":""", "unexpected EOF")]
    [InlineData("", "EOF")]
    [InlineData("""{"key":"k","value":1}""", "json: cannot unmarshal object into Go value of type []state.SetRequest")]
    [InlineData("\"text\"", "json: cannot unmarshal string into Go value of type []state.SetRequest")]
    [InlineData("[{bad", "invalid character 'b' looking for beginning of object key string")]
    public async Task a_malformed_save_is_400_in_daprds_words(string body, string message)
    {
        var answer = await dapr.Client.PostJsonAsync($"/v1.0/state/{Store}", body);

        answer.Status.ShouldBe(400);
        answer.ErrorCode.ShouldBe("ERR_MALFORMED_REQUEST");
        answer.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("bulk")]
    [InlineData("transaction")]
    public async Task malformed_bulk_gets_and_transactions_are_400_in_daprds_words(string operation)
    {
        var answer = await dapr.Client.PostJsonAsync($"/v1.0/state/{Store}/{operation}", "{bad");

        answer.Status.ShouldBe(400);
        answer.Body.ShouldBe(
            """{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: invalid character 'b' looking for beginning of object key string"}""");
    }

    [Theory]
    [InlineData("", "[1]")]
    [InlineData("", "[[]]")]
    [InlineData("", """[{"key":1}]""")]
    [InlineData("", """[{"key":"k","etag":1}]""")]
    [InlineData("", """[{"key":"k","metadata":[]}]""")]
    [InlineData("", """[{"key":"k","metadata":{"ttlInSeconds":5}}]""")]
    [InlineData("", """[{"key":"k","options":"first-write"}]""")]
    [InlineData("/bulk", "[]")]
    [InlineData("/bulk", """{"keys":"a"}""")]
    [InlineData("/bulk", """{"keys":[1]}""")]
    [InlineData("/transaction", "[]")]
    [InlineData("/transaction", """{"operations":{}}""")]
    [InlineData("/transaction", """{"operations":[1]}""")]
    [InlineData("/transaction", """{"operations":[{"request":{"key":"k"}}]}""")]
    [InlineData("/transaction", """{"operations":[{"operation":"upsert","request":7}]}""")]
    public async Task values_of_the_wrong_kind_are_400(string operation, string body)
    {
        (await dapr.Client.PostJsonAsync($"/v1.0/state/{Store}{operation}", body)).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("""[{"key":"\ud800","value":1}]""")]
    [InlineData("""[{"key":"k","value":1,"metadata":{"\ud800":"x"},"etag":"\udfff"}]""")]
    public async Task half_a_surrogate_pair_is_refused_not_failed(string body)
    {
        dapr.Embedded("Go replaces it silently");

        (await dapr.Client.PostJsonAsync($"/v1.0/state/{Store}", body)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task a_transaction_item_without_a_key_is_400()
    {
        dapr.Embedded("daprd stores it under the empty key");

        (await dapr.Client.PostJsonAsync(
            $"/v1.0/state/{Store}/transaction", """{"operations":[{"operation":"upsert","request":{"value":1}}]}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task an_empty_list_and_null_save_nothing()
    {
        (await dapr.Client.PostJsonAsync($"/v1.0/state/{Store}", "[]")).Status.ShouldBe(204);
        (await dapr.Client.PostJsonAsync($"/v1.0/state/{Store}", "null")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task one_malformed_item_refuses_all()
    {
        var key = DaprFixture.Key("half");

        (await dapr.Client.PostJsonAsync($"/v1.0/state/{Store}", $$"""[{"key":"{{key}}","value":1},{"value":2}]""")).Status.ShouldBe(400);

        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{Store}/{key}")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task nested_values_are_no_problem()
    {
        var key = DaprFixture.Key("deep");
        var deep = new string('[', 200) + new string(']', 200);

        (await dapr.Client.SaveAsync(Store, key, deep)).Status.ShouldBe(204);

        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{Store}/{key}")).Body.ShouldBe(deep);
    }

    [Fact]
    public async Task a_body_over_the_limit_is_400_and_closes_the_connection()
    {
        dapr.Embedded("its limit is not known here");
        await using var small = await EmbeddedSidecar.StartAsync(new SidecarOptions { MaxBodyBytes = 1000 });
        var value = $"\"{new string('x', 2000)}\"";

        var known = await small.Client.SaveAsync("statestore", "big", value);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1.0/state/statestore") { Content = new StringContent($$"""[{"key":"big","value":{{value}}}]""") };
        request.Headers.TransferEncodingChunked = true;
        var chunked = await Sending.ReadAsync(await small.Client.SendAsync(request));

        foreach (var answer in new[] { known, chunked })
        {
            answer.Status.ShouldBe(400);
            answer.Body.ShouldBe("""{"errorCode":"ERR_MALFORMED_REQUEST","message":"stream too large"}""");
            answer.Headers["Connection"].ShouldBe("close");
        }
        (await small.Client.GetAnswerAsync("/v1.0/state/statestore/big")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task a_chunked_body_within_the_limit_is_saved()
    {
        var key = DaprFixture.Key("chunked");
        var value = $"\"{new string('y', 30_000)}\"";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1.0/state/{Store}")
        {
            Content = new StringContent($$"""[{"key":"{{key}}","value":{{value}}}]"""),
        };
        request.Headers.TransferEncodingChunked = true;

        (await Sending.ReadAsync(await dapr.Client.SendAsync(request))).Status.ShouldBe(204);

        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{Store}/{key}")).Body.ShouldBe(value);
    }
}
