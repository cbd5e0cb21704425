using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Components.StateRedis;
using Sidecar.Resources;
using Tests.Contract.Hosting;
using Tests.Servers;

namespace Tests.Contract.Components.Redis;

/// <summary>
/// state.redis: Dapr's layout on the server, and the answers that a real daprd gave on Redis (recorded) where they differ from other stores'.
/// </summary>
public sealed class RedisStateTests(RedisFixture fixture)
{
    private const string Save = "failed saving state in state store statestore: ";

    [Fact]
    public async Task values_are_laid_out_as_dapr_lays_them_out()
    {
        var (sidecar, server, database) = await StartAsync();
        await using var ending = sidecar;

        await sidecar.Client.SaveAsync("statestore", "k2", """{"a":1,"b":[true,null,"x"]}""");
        await sidecar.Client.SaveAsync("statestore", "first", "1", ""","options":{"concurrency":"first-write"}""");

        (await CommandAsync("HGETALL", "app-a||k2")).ShouldBe(["data", """{"a":1,"b":[true,null,"x"]}""", "version", "1"]);
        (await CommandAsync("HGETALL", "app-a||first")).ShouldBe(["data", "1", "first-write", "0", "version", "1"]);

        Task<string[]> CommandAsync(params string[] command) => server.CommandAsync(["-n", database, .. command]);
    }

    [Fact]
    public async Task what_dapr_has_written_is_read_with_its_version_and_written_on()
    {
        var (sidecar, server, database) = await StartAsync();
        await using var ending = sidecar;
        await server.CommandAsync("-n", database, "HSET", "app-a||k", "data", "\"v\"", "version", "7");
        await server.CommandAsync("-n", database, "SET", "app-a||plain", "5");

        var read = await ReadAsync(sidecar, "k");
        (read.Body, read.ETag).ShouldBe(("\"v\"", "7"));
        (await ReadAsync(sidecar, "plain")).Body.ShouldBe("5");
        (await sidecar.Client.PostJsonAsync("/v1.0/state/statestore/bulk", """{"keys":["plain","k"]}""")).Body
            .ShouldStartWith("""[{"key":"plain","data":5,"etag":""},{"key":"k","data":"v","etag":"7"}]""");
        (await sidecar.Client.SaveAsync("statestore", "k", "2", ""","etag":"7" """)).Status.ShouldBe(204);
        (await sidecar.Client.SaveAsync("statestore", "plain", "6")).Status.ShouldBe(204);
        (await ReadAsync(sidecar, "k")).ETag.ShouldBe("8");
        (await ReadAsync(sidecar, "plain")).Body.ShouldBe("6");
    }

    [Fact]
    public async Task versions_are_refused_as_by_dapr_on_redis()
    {
        var (sidecar, _, _) = await StartAsync();
        await using var ending = sidecar;
        await sidecar.Client.SaveAsync("statestore", "e1", "1");
        (await sidecar.Client.SaveAsync("statestore", "e1", "2", Options("1", "first-write"))).Status.ShouldBe(204);

        var stale = await sidecar.Client.SaveAsync("statestore", "e1", "3", Options("1", "last-write"));
        (stale.Status, stale.ErrorCode).ShouldBe((409, "ERR_STATE_SAVE"));
        stale.Message.ShouldStartWith($"{Save}possible etag mismatch. error from state store: ");
        var text = await sidecar.Client.SaveAsync("statestore", "e1", "3", Options("abc", "first-write"));
        (text.Status, text.Message).ShouldBe((400, $"{Save}invalid etag value: strconv.Atoi: parsing \"abc\": invalid syntax"));
        var exists = await sidecar.Client.SaveAsync("statestore", "e1", "3", Options(null, "first-write"));
        (exists.Status, exists.ErrorCode).ShouldBe((500, "ERR_STATE_SAVE"));
        exists.Message.ShouldStartWith($"{Save}failed to set key app-a||e1: ");
        (await sidecar.Client.SaveAsync("statestore", "e1", "3")).Status.ShouldBe(500); // once written with first-write, always
        (await sidecar.Client.SaveAsync("statestore", "missing", "1", Options("5", null))).Status.ShouldBe(204);
        (await DeleteAsync(sidecar, "e1", "abc")).Status.ShouldBe(409);
        (await DeleteAsync(sidecar, "e1", "1")).Status.ShouldBe(409);
        (await ReadAsync(sidecar, "e1")).Body.ShouldBe("2");
        (await DeleteAsync(sidecar, "e1", "2")).Status.ShouldBe(204);
        var ttl = await sidecar.Client.SaveAsync("statestore", "t", "1", ""","metadata":{"ttlInSeconds":"abc"}""");
        ttl.Message.ShouldBe($"{Save}failed to parse ttl from metadata: strconv.ParseInt: parsing \"abc\": invalid syntax");
        var query = await sidecar.Client.PostJsonAsync("/v1.0-alpha1/state/statestore/query", """{"filter":{}}""");
        (query.Status, query.ErrorCode).ShouldBe((500, "ERR_STATE_QUERY"));
        query.Message.ShouldBe("state store statestore query failed: redis-json server support is required for query capability");
    }

    [Fact]
    public async Task a_time_to_live_is_the_server_s_and_stays_until_another_is_given()
    {
        var (sidecar, server, database) = await StartAsync(("ttlInSeconds", "500"));
        await using var ending = sidecar;

        await sidecar.Client.SaveAsync("statestore", "own", "1", ""","metadata":{"ttlInSeconds":"60"}""");
        await sidecar.Client.SaveAsync("statestore", "default", "1");
        await sidecar.Client.SaveAsync("statestore", "ever", "1", ""","metadata":{"ttlInSeconds":"60"}""");
        await sidecar.Client.SaveAsync("statestore", "ever", "1", ""","metadata":{"ttlInSeconds":"-1"}""");

        (await TtlAsync("own")).ShouldBeInRange(50, 60);
        (await TtlAsync("default")).ShouldBeInRange(490, 500);
        (await TtlAsync("ever")).ShouldBe(-1);

        async Task<int> TtlAsync(string key) => int.Parse((await server.CommandAsync("-n", database, "TTL", $"app-a||{key}"))[0]);
    }

    [Fact]
    public async Task without_a_default_an_overwrite_keeps_the_time_that_is_left_as_in_dapr()
    {
        var (sidecar, server, database) = await StartAsync();
        await using var ending = sidecar;

        await sidecar.Client.SaveAsync("statestore", "k", "1", ""","metadata":{"ttlInSeconds":"60"}""");
        await sidecar.Client.SaveAsync("statestore", "k", "2");

        int.Parse((await server.CommandAsync("-n", database, "TTL", "app-a||k"))[0]).ShouldBeInRange(50, 60);
    }

    [Fact]
    public async Task a_server_that_has_forgotten_the_script_or_was_restarted_learns_it_again()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await using var store = await CreateAsync(("redisHost", server.Host));
        await store.WriteAsync([Write("k", "1")], default);

        await server.CommandAsync("SCRIPT", "FLUSH");
        await store.WriteAsync([Write("k", "2"), Write("l", "3")], default);
        await server.KillAsync();
        await server.StartAsync();
        await Eventually.HoldsAsync(async () => await TryAsync(() => store.WriteAsync([Write("m", "4")], default)), () => "it does not come back");

        (await store.GetAsync(["k", "l", "m", "none"], default)).Select(i => i.Value.Span[0] - '0').ShouldBe([2, 3, 4]);
    }

    [Fact]
    public async Task nothing_acknowledged_is_lost_when_the_server_is_killed()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await using var store = await CreateAsync(("redisHost", server.Host));
        var saved = new List<string>();
        var killing = Task.CompletedTask;
        for (var i = 0; i < 2_000; i++)
        {
            if (i == 1_000)
            {
                killing = Task.Run(server.KillAsync);
            }
            if (await TryAsync(() => store.WriteAsync([Write($"k{i}", "1")], default)))
            {
                saved.Add($"k{i}");
            }
            else
            {
                break;
            }
        }
        await killing;
        await server.StartAsync();

        await Eventually.HoldsAsync(async () => await TryAsync(async () => await store.GetAsync(["k0"], default)), () => "it does not come back");
        (await store.GetAsync(saved, default)).Count.ShouldBe(saved.Count);
    }

    [Fact]
    public async Task of_a_transaction_all_is_written_or_nothing_also_with_many_writes()
    {
        var (sidecar, _, _) = await StartAsync();
        await using var ending = sidecar;
        var store = sidecar.Runtime.StateStores["statestore"];
        StateWrite[] many = [.. Enumerable.Range(0, 3_000).Select(i => Write($"k{i}", "1"))];

        await store.WriteAsync(many, default);
        await Should.ThrowAsync<EtagMismatchException>(() => store.WriteAsync([Write("new", "1"), Write("k0", "2") with { ETag = "9" }], default));

        (await store.GetAsync(["new"], default)).ShouldBeEmpty();
        (await store.GetAsync([.. many.Select(w => w.Key)], default)).Count.ShouldBe(3_000);
    }

    [Fact]
    public async Task workflows_of_a_redis_store_are_kept_in_a_file_of_the_data_directory()
    {
        var directory = Directory.CreateTempSubdirectory("redis-workflows-");
        var metadata = await fixture.DatabaseAsync();
        metadata["actorStateStore"] = "true";
        await using (await EmbeddedSidecar.StartAsync(new SidecarOptions { Stores = Stores(metadata), DataDirectory = directory.FullName }))
        {
            File.Exists(Path.Combine(directory.FullName, "statestore-workflows-app-a.db")).ShouldBeTrue();
        }
        directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("ttlInSeconds", "soon")]
    [InlineData("queryIndexes", "[]")]
    [InlineData("redisHots", "x")]
    public async Task a_wrong_value_names_its_field(string name, string value)
    {
        var refused = await Should.ThrowAsync<ResourceException>(() => CreateAsync(("redisHost", "localhost:1"), (name, value)));

        refused.Field.ShouldBe($"spec.metadata.{name}");
    }

    private async Task<(EmbeddedSidecar Sidecar, RedisServer Server, string Database)> StartAsync(params (string Name, string Value)[] more)
    {
        var metadata = await fixture.DatabaseAsync();
        foreach (var (name, value) in more)
        {
            metadata[name] = value;
        }
        var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { Stores = Stores(metadata) });
        return (sidecar, await fixture.ServerAsync(), metadata["redisDB"]);
    }

    private static Dictionary<string, (string, Dictionary<string, string>)> Stores(Dictionary<string, string> metadata) =>
        new(StringComparer.Ordinal) { ["statestore"] = ("state.redis", metadata) };

    private static Task<IStateStore> CreateAsync(params (string Name, string Value)[] metadata) => RedisStateStore.CreateAsync(
        new Component(
            "statestore", "state.redis", "v1", metadata.ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal), [], "statestore.yaml"),
        new ComponentContext(Path.GetTempPath(), TimeProvider.System, NullLoggerFactory.Instance), default);

    private static StateWrite Write(string key, string value) => new(key, System.Text.Encoding.UTF8.GetBytes(value), null, false, null);

    private static async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Sidecar.Components.Redis.RedisException)
        {
            return false;
        }
    }

    private static Task<Answer> ReadAsync(EmbeddedSidecar sidecar, string key) => sidecar.Client.GetAnswerAsync($"/v1.0/state/statestore/{key}");

    private static Task<Answer> DeleteAsync(EmbeddedSidecar sidecar, string key, string etag) =>
        sidecar.Client.SendAsync(HttpMethod.Delete, $"/v1.0/state/statestore/{key}", null, ("If-Match", etag));

    private static string Options(string? etag, string? concurrency) =>
        (etag is null ? "" : $",\"etag\":\"{etag}\"") + (concurrency is null ? "" : $$""","options":{"concurrency":"{{concurrency}}"}""");
}
