using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Components.PubSubInMemory;
using Sidecar.Components.PubSubSqlite;
using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Components;

public sealed class PubSubSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("broker-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("concurency", "4", "spec.metadata[concurency]: is unknown to pubsub.sqlite")]
    [InlineData("concurrency", "many", "spec.metadata[concurrency]: 'many' is not a number")]
    [InlineData("concurrency", "0", "spec.metadata[concurrency]: '0' is not a number from 1")]
    [InlineData("maxMessagesPerTopic", "-1", "spec.metadata[maxMessagesPerTopic]: '-1' is not a number")]
    [InlineData("connectionString", "", "spec.metadata[connectionString]: is missing")]
    public async Task a_wrong_value_is_refused_with_file_and_field(string name, string value, string expected)
    {
        var error = await Should.ThrowAsync<ResourceException>(() => SqlitePubSubFactory.CreateAsync(
            Define("pubsub.sqlite", ("connectionString", "broker.db"), (name, value)), Context(), CancellationToken.None));

        error.Message.ShouldStartWith("pubsub.yaml: " + expected);
    }

    [Fact]
    public async Task the_in_memory_broker_refuses_what_it_does_not_know()
    {
        var error = await Should.ThrowAsync<ResourceException>(async () => await InMemoryPubSub.CreateAsync(
            Define("pubsub.in-memory", ("connectionString", "x")), Context(), CancellationToken.None));

        error.Message.ShouldContain("spec.metadata[connectionString]");
    }

    [Fact]
    public async Task a_relative_file_lies_in_the_data_directory()
    {
        await using (await SqlitePubSubFactory.CreateAsync(
            Define("pubsub.sqlite", ("connectionString", "deep/broker.db")), Context(), CancellationToken.None))
        {
            File.Exists(Path.Combine(_folder, "deep", "broker.db")).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task a_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "broker.db"), new string('x', 10_000));

        var error = await Should.ThrowAsync<ResourceException>(() => SqlitePubSubFactory.CreateAsync(
            Define("pubsub.sqlite", ("connectionString", "broker.db")), Context(), CancellationToken.None));

        error.Message.ShouldContain("spec.metadata[connectionString]: 'broker.db' cannot be opened");
    }

    [Fact]
    public async Task a_second_broker_on_an_open_file_is_refused_until_the_first_is_closed()
    {
        var component = Define("pubsub.sqlite", ("connectionString", "broker.db"));
        await using (await SqlitePubSubFactory.CreateAsync(component, Context(), CancellationToken.None))
        {
            var error = await Should.ThrowAsync<ResourceException>(() => SqlitePubSubFactory.CreateAsync(
                Define("pubsub.sqlite", ("connectionString", Path.Combine(_folder, "broker.db"))), Context(),
                CancellationToken.None));

            error.Message.ShouldStartWith("pubsub.yaml: spec.metadata[connectionString]: ");
            error.Message.ShouldContain("is open in another pubsub.sqlite component already. Give each its own file");
        }

        await using var again = await SqlitePubSubFactory.CreateAsync(component, Context(), CancellationToken.None);
    }

    private static Component Define(string type, params (string Name, string Value)[] metadata)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in metadata)
        {
            values[name] = value;
        }
        return new Component("pubsub", type, "v1", values, [], "pubsub.yaml");
    }

    private ComponentContext Context() => new(_folder, TimeProvider.System, NullLoggerFactory.Instance);
}
