using System.Text;
using System.Text.Json;
using Dapr;
using Dapr.Client;

namespace Tests.Unit.StandIns;

public sealed class BulkStateTests
{
    // As a real Dapr answers, see golden b_state_redis.
    private const string BulkAnswer =
        """[{"key":"k2","data":{"a":1},"etag":"1"},{"key":"n1","data":{"a":2},"etag":"4"},{"key":"missing"}]""";

    [Fact]
    public async Task several_values_are_read_in_one_call()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(200, BulkAnswer);
        using var client = sidecar.NewClient();

        var items = await client.GetBulkStateAsync<Value>(
            "store", ["k2", "n1", "missing"], parallelism: 10, new Dictionary<string, string> { ["m"] = "1" });

        sidecar.Request.Line.ShouldBe("POST /v1.0/state/store/bulk?metadata.m=1");
        sidecar.Request.Text.ShouldBe("""{"keys":["k2","n1","missing"],"parallelism":10}""");
        items.Select(item => (item.Key, item.Value?.A, item.ETag)).ShouldBe([
            ("k2", 1, "1"), ("n1", 2, "4"), ("missing", null, ""),
        ]);
    }

    [Fact]
    public async Task several_values_are_read_as_json_text()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(200, BulkAnswer);
        using var client = sidecar.NewClient();

        var items = await client.GetBulkStateAsync("store", ["k2", "n1", "missing"], parallelism: null);

        items.Select(item => (item.Key, item.Value, item.ETag)).ShouldBe([
            ("k2", """{"a":1}""", "1"), ("n1", """{"a":2}""", "4"), ("missing", "", ""),
        ]);
    }

    [Fact]
    public async Task a_value_that_could_not_be_read_does_not_pass_for_missing()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(200, """[{"key":"k2","error":"timeout"}]""");
        using var client = sidecar.NewClient();

        var failed = await Should.ThrowAsync<DaprException>(
            () => client.GetBulkStateAsync<Value>("store", ["k2"], parallelism: null));

        failed.Message.ShouldBe("State operation failed for key 'k2': timeout");
    }

    [Fact]
    public async Task several_values_are_saved_in_one_call()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.SaveBulkStateAsync("store", new SaveStateItem<int>[]
        {
            new("a", 1, null!),
            new(
                "b",
                2,
                "7",
                new StateOptions { Concurrency = ConcurrencyMode.FirstWrite },
                new Dictionary<string, string> { ["ttlInSeconds"] = "5" }),
        });

        sidecar.Request.Line.ShouldBe("POST /v1.0/state/store");
        sidecar.Request.Text.ShouldBe(
            """[{"key":"a","value":1},{"key":"b","value":2,"etag":"7","metadata":{"ttlInSeconds":"5"},"options":{"concurrency":"first-write"}}]""");
    }

    [Fact]
    public async Task several_values_are_deleted_one_by_one_up_to_the_first_that_fails()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(request => request.Target.EndsWith("/b", StringComparison.Ordinal)
            ? new SidecarAnswer(409, """{"errorCode":"ERR_STATE_DELETE","message":"possible etag mismatch"}""")
            : SidecarAnswer.NoContent);
        using var client = sidecar.NewClient();

        var failed = await Should.ThrowAsync<DaprException>(() => client.DeleteBulkStateAsync(
            "store", [new BulkDeleteStateItem("a", null!), new BulkDeleteStateItem("b", "1"), new("c", null!)]));

        failed.Message.ShouldContain("key 'b'");
        sidecar.Requests.Select(request => request.Line).ShouldBe([
            "DELETE /v1.0/state/store/a", "DELETE /v1.0/state/store/b",
        ]);
    }

    [Fact]
    public async Task a_transaction_carries_its_operations_in_order()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.ExecuteStateTransactionAsync(
            "store",
            [
                new StateTransactionRequest(
                    "a",
                    JsonSerializer.SerializeToUtf8Bytes(new Value(1), JsonSerializerOptions.Web),
                    StateOperationType.Upsert,
                    "7",
                    new Dictionary<string, string> { ["ttlInSeconds"] = "5" },
                    new StateOptions { Concurrency = ConcurrencyMode.FirstWrite }),
                new StateTransactionRequest("b", null, StateOperationType.Delete),
            ],
            new Dictionary<string, string> { ["m"] = "1" });

        sidecar.Request.Line.ShouldBe("POST /v1.0/state/store/transaction");
        sidecar.Request.Text.ShouldBe(
            """{"operations":[{"operation":"upsert","request":{"key":"a","value":{"a":1},"etag":"7","metadata":{"ttlInSeconds":"5"},"options":{"concurrency":"first-write"}}},{"operation":"delete","request":{"key":"b"}}],"metadata":{"m":"1"}}""");
    }

    [Fact]
    public async Task nothing_to_do_is_the_callers_error()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await Should.ThrowAsync<ArgumentException>(() => client.ExecuteStateTransactionAsync("store", []));
        await Should.ThrowAsync<ArgumentException>(() => client.SaveBulkStateAsync<int>("store", []));
        await Should.ThrowAsync<ArgumentException>(() => client.GetBulkStateAsync("store", [], null));
        sidecar.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("00FF80")]
    [InlineData("")]
    [InlineData("68656C6C6F")]
    [InlineData("22FF22")]
    [InlineData("7B2261223A317D")]
    [InlineData("22646174613A6170706C69636174696F6E2F6F637465742D73747265616D3B6261736536342C4141454322")]
    public async Task bytes_come_back_as_they_were_saved(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        await using var sidecar = await FakeSidecar.StartAsync();
        var stored = "";
        sidecar.Answer(request =>
        {
            if (request.Method == "GET")
            {
                return new SidecarAnswer(200, stored, ("ETag", "3"));
            }

            // A sidecar stores the value as JSON.
            stored = JsonDocument.Parse(request.Body).RootElement[0].GetProperty("value").GetRawText();
            return SidecarAnswer.NoContent;
        });
        using var client = sidecar.NewClient();

        await client.SaveByteStateAsync("store", "k", bytes);
        (await client.GetByteStateAsync("store", "k")).ToArray().ShouldBe(bytes);
        (await client.TrySaveByteStateAsync("store", "k", bytes, "3")).ShouldBeTrue();
        var (again, etag) = await client.GetByteStateAndETagAsync("store", "k");

        again.ToArray().ShouldBe(bytes);
        etag.ShouldBe("3");
    }

    [Fact]
    public async Task bytes_that_are_json_are_readable_as_a_value()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.SaveByteStateAsync("store", "k", Encoding.UTF8.GetBytes("""{"a":1}"""));

        sidecar.Request.Text.ShouldBe("""[{"key":"k","value":{"a":1}}]""");
    }

    internal sealed record Value(int A);
}
