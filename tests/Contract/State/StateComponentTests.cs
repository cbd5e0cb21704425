using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sidecar.Components;
using Sidecar.Components.StateSqlite;
using Sidecar.Resources;
using Tests.Contract.Hosting;

namespace Tests.Contract.State;

/// <summary>The SQLite store as a component: its metadata, its file, what survives.</summary>
public sealed class StateComponentTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("state-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task what_was_acknowledged_is_there_after_the_file_is_opened_again()
    {
        await using (var first = await EmbeddedSidecar.StartAsync(new SidecarOptions { DataDirectory = _directory }))
        {
            (await first.Client.SaveAsync("statestore", "k", "\"kept\"")).Status.ShouldBe(204);
        }
        await using var second = await EmbeddedSidecar.StartAsync(new SidecarOptions { DataDirectory = _directory });

        (await second.Client.GetAnswerAsync("/v1.0/state/statestore/k")).Body.ShouldBe("\"kept\"");
    }

    [Fact]
    public async Task what_was_acknowledged_is_in_the_file_though_nobody_closed_it()
    {
        // A kill -9 leaves file and write-ahead log as they are at this moment: a copy of both must hold every acknowledged write.
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { DataDirectory = _directory });
        var saves = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => sidecar.Client.SaveAsync("statestore", $"k{i}", $"{i}")));
        saves.ShouldAllBe(answer => answer.Status == 204);

        var copy = Directory.CreateDirectory(Path.Combine(_directory, "copy")).FullName;
        foreach (var file in new[] { "state.db", "state.db-wal" })
        {
            File.Copy(Path.Combine(_directory, file), Path.Combine(copy, file));
        }
        await using var after = await EmbeddedSidecar.StartAsync(new SidecarOptions { DataDirectory = copy });

        for (var i = 0; i < 200; i++)
        {
            (await after.Client.GetAnswerAsync($"/v1.0/state/statestore/k{i}")).Body.ShouldBe($"{i}");
        }
    }

    [Fact]
    public async Task expired_values_leave_the_file()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var store = await CreateAsync(time, ("connectionString", "state.db"), ("cleanupInterval", "10s"));
        await using var _ = store;
        await store.WriteAsync([new StateWrite("a", "1"u8.ToArray(), null, false, 5), new StateWrite("b", "1"u8.ToArray(), null, false, null)], default);

        time.Advance(TimeSpan.FromSeconds(10));

        await WaitUntil(() => Count("state") == 1);
    }

    [Fact]
    public async Task tables_of_one_file_are_apart()
    {
        var one = await CreateAsync(TimeProvider.System, ("connectionString", "shared.db"), ("tableName", "one"));
        var two = await CreateAsync(TimeProvider.System, ("connectionString", "shared.db"), ("tableName", "two"));
        await one.WriteAsync([new StateWrite("k", "1"u8.ToArray(), null, false, null)], default);

        (await two.GetAsync(["k"], default)).ShouldBeEmpty();

        await one.DisposeAsync();
        (await two.GetAsync(["k"], default)).ShouldBeEmpty();
        await two.DisposeAsync();
    }

    [Theory]
    [InlineData("conectionString", "state.db", "spec.metadata.conectionString")]
    [InlineData("connectionString", "", "spec.metadata.connectionString")]
    [InlineData("connectionString", "file:state.db?mode=ro", "spec.metadata.connectionString")]
    [InlineData("tableName", "a; DROP TABLE state", "spec.metadata.tableName")]
    [InlineData("cleanupInterval", "soon", "spec.metadata.cleanupInterval")]
    public async Task a_wrong_metadata_value_names_file_and_field(string name, string value, string field)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["connectionString"] = "state.db", [name] = value };

        var exception = await Should.ThrowAsync<ResourceException>(() => SqliteStateStore.CreateAsync(
            new Component("statestore", "state.sqlite", "v1", metadata, [], "statestore.yaml"),
            new ComponentContext(_directory, TimeProvider.System, NullLoggerFactory.Instance), default));

        exception.File.ShouldBe("statestore.yaml");
        exception.Field.ShouldBe(field);
    }

    [Fact]
    public async Task a_file_that_is_no_database_is_refused_with_its_name()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "text.db"), new string('x', 5000));

        var exception = await Should.ThrowAsync<ResourceException>(() => CreateAsync(TimeProvider.System, ("connectionString", "text.db")));

        exception.Message.ShouldContain("text.db");
    }

    [Theory]
    [InlineData("appid", "app-a||k")]
    [InlineData("none", "k")]
    [InlineData("name", "statestore||k")]
    [InlineData("shared", "shared||k")]
    public async Task the_key_prefix_is_daprs(string strategy, string stored)
    {
        await using var sidecar = await StartWithPrefixAsync(strategy);
        await sidecar.Client.SaveAsync("statestore", "k", "1");

        (await sidecar.Runtime.StateStores["statestore"].GetAsync([stored], default)).Count.ShouldBe(1);
        (await sidecar.Client.GetAnswerAsync("/v1.0/state/statestore/k")).Body.ShouldBe("1");
        (await sidecar.Client.PostJsonAsync("/v1.0/state/statestore/bulk", """{"keys":["k"]}""")).Body.ShouldStartWith("""[{"key":"k","data":1,""");
    }

    [Fact]
    public async Task a_key_prefix_with_the_separator_is_refused()
    {
        var exception = await Should.ThrowAsync<ResourceException>(() => StartWithPrefixAsync("a||b"));

        exception.Field.ShouldBe("spec.metadata.keyPrefix");
    }

    private Task<EmbeddedSidecar> StartWithPrefixAsync(string strategy) => EmbeddedSidecar.StartAsync(new SidecarOptions
    {
        DataDirectory = _directory,
        Stores = new Dictionary<string, (string, Dictionary<string, string>)>(StringComparer.Ordinal)
        {
            ["statestore"] = ("state.in-memory", new(StringComparer.Ordinal) { ["KeyPrefix"] = strategy }),
        },
    });

    private Task<IStateStore> CreateAsync(TimeProvider time, params (string Name, string Value)[] metadata) => SqliteStateStore.CreateAsync(
        new Component("statestore", "state.sqlite", "v1", metadata.ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal), [], "statestore.yaml"),
        new ComponentContext(_directory, time, NullLoggerFactory.Instance), default);

    private long Count(string table)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, "state.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
        }
    }
}
