using Tests.Contract.Hosting;

namespace Tests.Contract.State;

/// <summary>Versions (ETags) and the two concurrency options.</summary>
public sealed class StateConcurrencyTests(DaprFixture dapr)
{
    private const string DiffersByStore = "Dapr's stores differ here";

    public static TheoryData<string> Stores => [.. DaprFixture.Stores];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task the_right_etag_writes_and_changes_the_etag(string store)
    {
        var (key, etag) = await SavedAsync(store);

        (await dapr.Client.SaveAsync(store, key, "\"v2\"", Etag(etag, "first-write"))).Status.ShouldBe(204);

        var read = await ReadAsync(store, key);
        read.Body.ShouldBe("\"v2\"");
        read.ETag.ShouldNotBe(etag);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_stale_etag_is_409_whatever_the_concurrency_option(string store)
    {
        var (key, stale) = await SavedAsync(store);
        await dapr.Client.SaveAsync(store, key, "\"v2\"");

        foreach (var option in new[] { "first-write", "last-write", null })
        {
            var refused = await dapr.Client.SaveAsync(store, key, "\"v3\"", Etag(stale, option));

            refused.Status.ShouldBe(409);
            refused.ErrorCode.ShouldBe("ERR_STATE_SAVE");
            refused.Message.ShouldStartWith($"failed saving state in state store {store}: possible etag mismatch. error from state store: ");
        }
        (await ReadAsync(store, key)).Body.ShouldBe("\"v2\"");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task a_malformed_etag_is_refused(string store)
    {
        dapr.Embedded(DiffersByStore);
        var (key, _) = await SavedAsync(store);

        (await dapr.Client.SaveAsync(store, key, "2", Etag("abc", null))).Status.ShouldBe(store == DaprFixture.RedisStore ? 400 : 409);
        (await DeleteAsync(store, key, "abc")).Status.ShouldBe(409);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task an_etag_on_a_missing_key_is_409_but_on_redis_a_new_value(string store)
    {
        dapr.Embedded(DiffersByStore);

        (await dapr.Client.SaveAsync(store, DaprFixture.Key("none"), "1", Etag("1", null))).Status.ShouldBe(store == DaprFixture.RedisStore ? 204 : 409);
    }

    [Theory]
    [InlineData("statestore")]
    [InlineData("memstore")]
    public async Task the_etag_of_a_deleted_value_does_not_pass_for_its_successor(string store)
    {
        dapr.Embedded("Redis counts from one again");
        var (key, stale) = await SavedAsync(store);
        await DeleteAsync(store, key, null);
        await dapr.Client.SaveAsync(store, key, "\"again\"");

        (await dapr.Client.SaveAsync(store, key, "\"lost update\"", Etag(stale, null))).Status.ShouldBe(409);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task an_empty_etag_counts_as_none(string store)
    {
        var (key, _) = await SavedAsync(store);

        (await dapr.Client.SaveAsync(store, key, "2", Etag("", null))).Status.ShouldBe(204);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task first_write_without_etag_creates_but_does_not_replace(string store)
    {
        dapr.Embedded("Redis answers 500 to the second one");
        var key = DaprFixture.Key("first");

        (await dapr.Client.SaveAsync(store, key, "1", Etag(null, "first-write"))).Status.ShouldBe(204);
        var second = await dapr.Client.SaveAsync(store, key, "2", Etag(null, "first-write"));

        second.Status.ShouldBe(store == DaprFixture.RedisStore ? 500 : 409);
        second.Message.ShouldEndWith("item already exists and no etag was passed");
        (await ReadAsync(store, key)).Body.ShouldBe("1");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task deleting_needs_the_right_etag_where_one_is_given(string store)
    {
        var (key, etag) = await SavedAsync(store);

        var refused = await DeleteAsync(store, key, "9999");
        refused.Status.ShouldBe(409);
        refused.ErrorCode.ShouldBe("ERR_STATE_DELETE");
        refused.Message.ShouldStartWith($"failed deleting state with key {key}: possible etag mismatch. error from state store: ");
        (await ReadAsync(store, key)).Status.ShouldBe(200);

        (await DeleteAsync(store, key, etag)).Status.ShouldBe(204);
        (await ReadAsync(store, key)).Status.ShouldBe(204);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task in_a_save_of_several_only_the_stale_one_fails(string store)
    {
        var (stale, _) = await SavedAsync(store);
        var (m1, m2) = (DaprFixture.Key("m1"), DaprFixture.Key("m2"));

        var refused = await dapr.Client.PostJsonAsync(
            $"/v1.0/state/{store}",
            $$"""[{"key":"{{m1}}","value":1},{"key":"{{stale}}","value":"zz","etag":"9999"},{"key":"{{m2}}","value":2}]""");

        refused.Status.ShouldBe(409);
        refused.ErrorCode.ShouldBe("ERR_STATE_SAVE");
        (await ReadAsync(store, m1)).Body.ShouldBe("1");
        (await ReadAsync(store, m2)).Body.ShouldBe("2");
        (await ReadAsync(store, stale)).Body.ShouldBe("\"v1\"");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task of_many_racing_writers_with_one_etag_exactly_one_wins(string store)
    {
        var (key, etag) = await SavedAsync(store);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => dapr.Client.SaveAsync(store, key, $"{i}", Etag(etag, "first-write"))));

        answers.Count(answer => answer.Status == 204).ShouldBe(1);
        answers.Count(answer => answer.Status == 409).ShouldBe(29);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task unknown_options_are_500_as_in_daprd_and_write_nothing(string store)
    {
        var (key, _) = await SavedAsync(store);

        var concurrency = await dapr.Client.SaveAsync(store, key, "2", ""","options":{"concurrency":"bogus"}""");
        var consistency = await dapr.Client.SaveAsync(store, key, "2", ""","options":{"consistency":"bogus"}""");

        concurrency.Status.ShouldBe(500);
        concurrency.Message.ShouldBe($"failed saving state in state store {store}: unrecognized concurrency model 'bogus'");
        consistency.Status.ShouldBe(500);
        consistency.Message.ShouldBe($"failed saving state in state store {store}: unrecognized consistency model 'bogus'");
        (await ReadAsync(store, key)).Body.ShouldBe("\"v1\"");
    }

    private async Task<(string Key, string ETag)> SavedAsync(string store)
    {
        var key = DaprFixture.Key("e");
        (await dapr.Client.SaveAsync(store, key, "\"v1\"")).Status.ShouldBe(204);
        return (key, (await ReadAsync(store, key)).ETag);
    }

    private Task<Answer> ReadAsync(string store, string key) => dapr.Client.GetAnswerAsync($"/v1.0/state/{store}/{key}");

    private Task<Answer> DeleteAsync(string store, string key, string? etag) => etag is null
        ? dapr.Client.SendAsync(HttpMethod.Delete, $"/v1.0/state/{store}/{key}", null)
        : dapr.Client.SendAsync(HttpMethod.Delete, $"/v1.0/state/{store}/{key}", null, ("If-Match", etag));

    private static string Etag(string? etag, string? concurrency) =>
        (etag is null ? "" : $",\"etag\":\"{etag}\"") + (concurrency is null ? "" : $$""","options":{"concurrency":"{{concurrency}}"}""");
}
