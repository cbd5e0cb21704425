using Microsoft.Extensions.Time.Testing;
using Tests.Contract.Hosting;

namespace Tests.Contract.State;

/// <summary>Time to live.</summary>
public sealed class StateExpiryTests(DaprFixture dapr)
{
    private const string NeedsClock = "its clock cannot be set";
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 9, 55, 27, TimeSpan.Zero);

    public static TheoryData<string> EmbeddedStores => ["statestore", "memstore"];

    public static TheoryData<string> Stores => [.. DaprFixture.Stores];

    [Theory]
    [MemberData(nameof(EmbeddedStores))]
    public async Task a_value_with_ttl_says_when_it_expires_and_is_gone_then(string store)
    {
        dapr.Embedded(NeedsClock);
        var time = new FakeTimeProvider(Start);
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { Time = time });
        await sidecar.Client.SaveAsync(store, "ttl", "\"x\"", Ttl("2"));

        var read = await sidecar.Client.GetAnswerAsync($"/v1.0/state/{store}/ttl");
        read.Headers["Metadata.ttlExpireTime"].ShouldBe("2026-11-20T09:55:29Z");
        var bulk = await sidecar.Client.PostJsonAsync($"/v1.0/state/{store}/bulk", """{"keys":["ttl"]}""");
        bulk.Body.ShouldBe($$$"""[{"key":"ttl","data":"x","etag":"{{{read.ETag}}}","metadata":{"ttlExpireTime":"2026-11-20T09:55:29Z"}}]""" + "\n");

        time.Advance(TimeSpan.FromMilliseconds(1999));
        (await sidecar.Client.GetAnswerAsync($"/v1.0/state/{store}/ttl")).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromMilliseconds(1));
        (await sidecar.Client.GetAnswerAsync($"/v1.0/state/{store}/ttl")).Status.ShouldBe(204);
        (await sidecar.Client.PostJsonAsync($"/v1.0/state/{store}/bulk", """{"keys":["ttl"]}""")).Body.ShouldBe("[{\"key\":\"ttl\"}]\n");
    }

    [Theory]
    [MemberData(nameof(EmbeddedStores))]
    public async Task an_expired_value_counts_as_missing_for_writes(string store)
    {
        dapr.Embedded(NeedsClock);
        var time = new FakeTimeProvider(Start);
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { Time = time });
        await sidecar.Client.SaveAsync(store, "k", "1", Ttl("1"));
        var etag = (await sidecar.Client.GetAnswerAsync($"/v1.0/state/{store}/k")).ETag;
        time.Advance(TimeSpan.FromSeconds(1));

        (await sidecar.Client.SaveAsync(store, "k", "2", $",\"etag\":\"{etag}\"")).Status.ShouldBe(409);
        (await sidecar.Client.SaveAsync(store, "k", "3", ""","options":{"concurrency":"first-write"}""")).Status.ShouldBe(204);
        (await sidecar.Client.GetAnswerAsync($"/v1.0/state/{store}/k")).Body.ShouldBe("3");
    }

    [Theory]
    [MemberData(nameof(EmbeddedStores))]
    public async Task a_write_without_ttl_lifts_the_expiry(string store)
    {
        dapr.Embedded(NeedsClock);
        var time = new FakeTimeProvider(Start);
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { Time = time });
        await sidecar.Client.SaveAsync(store, "k", "1", Ttl("60"));
        await sidecar.Client.SaveAsync(store, "k", "2");
        time.Advance(TimeSpan.FromMinutes(2));

        var read = await sidecar.Client.GetAnswerAsync($"/v1.0/state/{store}/k");

        read.Body.ShouldBe("2");
        read.Headers.ShouldNotContainKey("Metadata.ttlExpireTime");
    }

    [Theory]
    [MemberData(nameof(EmbeddedStores))] // Redis does not report expiry
    public async Task the_query_sets_the_ttl_of_all_items_and_transactions_know_it_too(string store)
    {
        dapr.Embedded("Redis does not report expiry");
        var key = DaprFixture.Key("ttl");
        await dapr.Client.PostJsonAsync(
            $"/v1.0/state/{store}?metadata.ttlInSeconds=60", $$$"""[{"key":"{{{key}}}-1","value":1},{"key":"{{{key}}}-2","value":1,"metadata":{"ttlInSeconds":"5"}}]""");
        await dapr.Client.PostJsonAsync(
            $"/v1.0/state/{store}/transaction",
            $$$$"""{"operations":[{"operation":"upsert","request":{"key":"{{{{key}}}}-3","value":1,"metadata":{"ttlInSeconds":"60"}}}]}""");

        foreach (var suffix in new[] { "-1", "-2", "-3" })
        {
            var expiry = DateTimeOffset.Parse((await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}{suffix}")).Headers["Metadata.ttlExpireTime"]);
            (expiry - TimeProvider.System.GetUtcNow()).TotalSeconds.ShouldBeInRange(30, 61);
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task zero_and_minus_one_mean_for_ever(string store)
    {
        foreach (var ttl in new[] { "0", "-1" })
        {
            var key = DaprFixture.Key("ever");
            (await dapr.Client.SaveAsync(store, key, "1", Ttl(ttl))).Status.ShouldBe(204);
            (await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}")).Status.ShouldBe(200);
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_ttl_that_is_no_number_is_500_as_in_daprd(string store)
    {
        var key = DaprFixture.Key("ttl2");

        var answer = await dapr.Client.SaveAsync(store, key, "1", Ttl("abc"));

        answer.Status.ShouldBe(500);
        answer.ErrorCode.ShouldBe("ERR_STATE_SAVE");
        answer.Message.ShouldContain("parsing \"abc\": invalid syntax");
        (await dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}")).Status.ShouldBe(204);
    }

    private static string Ttl(string seconds) => $$""","metadata":{"ttlInSeconds":"{{seconds}}"}""";
}
