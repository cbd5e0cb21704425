using Dapr;
using Dapr.Client;

namespace Tests.Unit.StandIns;

public sealed class StateTests
{
    [Fact]
    public async Task a_value_is_saved_under_its_key()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.SaveStateAsync("store", "k1", new Stock("sku-1", 5));

        sidecar.Request.Line.ShouldBe("POST /v1.0/state/store");
        sidecar.Request["Content-Type"].ShouldBe("application/json");
        sidecar.Request.Text.ShouldBe("""[{"key":"k1","value":{"sku":"sku-1","available":5}}]""");
    }

    [Fact]
    public async Task options_and_metadata_go_with_the_value()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.SaveStateAsync(
            "store",
            "k1",
            1,
            new StateOptions { Concurrency = ConcurrencyMode.FirstWrite, Consistency = ConsistencyMode.Strong },
            new Dictionary<string, string> { ["ttlInSeconds"] = "60" });
        await client.SaveStateAsync(
            "store",
            "k1",
            1,
            new StateOptions { Concurrency = ConcurrencyMode.LastWrite, Consistency = ConsistencyMode.Eventual });

        sidecar.Requests[0].Text.ShouldBe(
            """[{"key":"k1","value":1,"metadata":{"ttlInSeconds":"60"},"options":{"concurrency":"first-write","consistency":"strong"}}]""");
        sidecar.Requests[1].Text.ShouldBe(
            """[{"key":"k1","value":1,"options":{"concurrency":"last-write","consistency":"eventual"}}]""");
    }

    [Fact]
    public async Task null_is_saved_as_no_value()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.SaveStateAsync<string?>("store", "k1", null);

        sidecar.Request.Text.ShouldBe("""[{"key":"k1"}]""");
    }

    [Fact]
    public async Task a_value_is_read_with_its_etag()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(200, """{"sku":"sku-1","available":5}""", ("ETag", "7"));
        using var client = sidecar.NewClient();

        var (value, etag) = await client.GetStateAndETagAsync<Stock>("store", "a b/c");

        value.ShouldBe(new Stock("sku-1", 5));
        etag.ShouldBe("7");
        sidecar.Request.Line.ShouldBe("GET /v1.0/state/store/a%20b%2Fc");
    }

    [Fact]
    public async Task consistency_and_metadata_of_a_read_go_into_the_query()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.GetStateAsync<int>(
            "store", "k", ConsistencyMode.Strong, new Dictionary<string, string> { ["partitionKey"] = "p" });

        sidecar.Request.Target.ShouldBe("/v1.0/state/store/k?consistency=strong&metadata.partitionKey=p");
    }

    [Fact]
    public async Task a_missing_key_reads_as_the_default_with_an_empty_etag()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        (await client.GetStateAsync<Stock>("store", "missing")).ShouldBeNull();
        (await client.GetStateAsync<int>("store", "missing")).ShouldBe(0);
        (await client.GetStateAndETagAsync<string>("store", "missing")).ShouldBe((null!, ""));
    }

    [Fact]
    public async Task a_value_of_another_type_is_an_exception()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(200, "\"text\"");
        using var client = sidecar.NewClient();

        var unreadable = await Should.ThrowAsync<DaprException>(() => client.GetStateAsync<Stock>("store", "k"));

        unreadable.Message.ShouldStartWith("State operation failed: the payload could not be read as");
        unreadable.InnerException.ShouldBeOfType<System.Text.Json.JsonException>();
    }

    [Theory]
    [InlineData(400, """{"errorCode":"ERR_STATE_STORE_NOT_FOUND","message":"state store nope is not found"}""")]
    [InlineData(500, """{"errorCode":"ERR_STATE_STORE_NOT_CONFIGURED","message":"state store nope is not configured"}""")]
    public async Task a_store_that_is_not_there_is_an_exception(int status, string body)
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(status, body);
        using var client = sidecar.NewClient();

        var failed = await Should.ThrowAsync<DaprException>(() => client.GetStateAsync<int>("nope", "k"));

        failed.Message.ShouldStartWith($"State operation failed: the Dapr endpoint answered {status} ERR_STATE_STORE_NOT");
    }

    [Fact]
    public async Task saving_with_the_current_etag_succeeds_and_with_a_stale_one_returns_false()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        (await client.TrySaveStateAsync("store", "k", 2, "1")).ShouldBeTrue();
        sidecar.Answer(409, """{"errorCode":"ERR_STATE_SAVE","message":"possible etag mismatch"}""");
        (await client.TrySaveStateAsync("store", "k", 3, "1")).ShouldBeFalse();

        sidecar.Requests[0].Text.ShouldBe("""[{"key":"k","value":2,"etag":"1"}]""");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    public async Task saving_with_an_etag_fails_loudly_for_any_other_reason(int status)
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(status, """{"errorCode":"ERR_STATE_SAVE","message":"invalid etag value"}""");
        using var client = sidecar.NewClient();

        await Should.ThrowAsync<DaprException>(() => client.TrySaveStateAsync("store", "k", 3, "abc"));
    }

    [Fact]
    public async Task a_conflict_without_an_etag_is_an_exception()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(409, """{"errorCode":"ERR_STATE_SAVE","message":"possible etag mismatch"}""");
        using var client = sidecar.NewClient();

        await Should.ThrowAsync<DaprException>(() => client.SaveStateAsync("store", "k", 3));
        await Should.ThrowAsync<DaprException>(() => client.DeleteStateAsync("store", "k"));
    }

    [Fact]
    public async Task deleting_sends_etag_options_and_metadata()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.DeleteStateAsync("store", "k");
        var deleted = await client.TryDeleteStateAsync(
            "store",
            "k",
            "7",
            new StateOptions { Concurrency = ConcurrencyMode.FirstWrite, Consistency = ConsistencyMode.Strong },
            new Dictionary<string, string> { ["a"] = "1" });

        deleted.ShouldBeTrue();
        sidecar.Requests[0].Line.ShouldBe("DELETE /v1.0/state/store/k");
        sidecar.Requests[0]["If-Match"].ShouldBeNull();
        sidecar.Requests[1].Line.ShouldBe(
            "DELETE /v1.0/state/store/k?concurrency=first-write&consistency=strong&metadata.a=1");
        sidecar.Requests[1]["If-Match"].ShouldBe("7");
    }

    [Fact]
    public async Task deleting_with_a_stale_etag_returns_false()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(409, """{"errorCode":"ERR_STATE_DELETE","message":"possible etag mismatch"}""");
        using var client = sidecar.NewClient();

        (await client.TryDeleteStateAsync("store", "k", "1")).ShouldBeFalse();
    }

    [Fact]
    public async Task an_entry_is_changed_and_saved_under_the_etag_it_was_read_with()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(request => request.Method == "GET"
            ? new SidecarAnswer(200, "41", ("ETag", "7"))
            : SidecarAnswer.NoContent);
        using var client = sidecar.NewClient();

        var entry = await client.GetStateEntryAsync<int>("store", "k");
        entry.Value++;
        (await entry.TrySaveAsync()).ShouldBeTrue();
        await entry.SaveAsync();
        (await entry.TryDeleteAsync()).ShouldBeTrue();
        await entry.DeleteAsync();

        sidecar.Requests[1].Text.ShouldBe("""[{"key":"k","value":42,"etag":"7"}]""");
        sidecar.Requests[2].Text.ShouldBe("""[{"key":"k","value":42}]""");
        sidecar.Requests[3]["If-Match"].ShouldBe("7");
        sidecar.Requests[4]["If-Match"].ShouldBeNull();
    }

    internal sealed record Stock(string Sku, int Available);
}
