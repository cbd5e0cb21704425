using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Resources;
using Tests.Contract.Components.RabbitMq;
using Tests.Servers;

namespace Tests.Contract.Components.Compliance;

/// <summary>A broker as one component type has it, with what ends it.</summary>
internal abstract class BrokerUnderTest(string type, Dictionary<string, string> metadata) : IAsyncDisposable
{
    /// <summary>The component, as its file would define it.</summary>
    public Component Component { get; protected set; } =
        new(
            "pubsub", type, "v1", new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase) { ["concurrency"] = "10" }, [],
            "pubsub.yaml");

    /// <summary>Where embedded brokers have their files.</summary>
    protected string Folder { get; set; } = Directory.CreateTempSubdirectory("compliance-").FullName;

    /// <summary>The broker of that column of the table; skips the test where its server is not installed.</summary>
    /// <param name="column">Heading.</param>
    /// <param name="fixture">The RabbitMQ that tests share.</param>
    /// <param name="isEnded">True for a server of its own, which the test will end.</param>
    public static async Task<BrokerUnderTest> StartAsync(string column, RabbitFixture fixture, bool isEnded) => column switch
    {
        "pubsub.in-memory" => new InMemoryBroker(),
        "pubsub.sqlite" => new SqliteBroker(),
        "pubsub.redis" => new RedisBroker(await RedisServer.StartAsync(Needs.Redis())),
        "pubsub.rabbitmq" => isEnded
            ? new RabbitMqBroker(await RabbitServer.StartAsync(Needs.Rabbit()), owns: true)
            : new RabbitMqBroker(await fixture.ServerAsync(), owns: false),
        _ => throw new ArgumentException($"no broker is called {column}", nameof(column)),
    };

    /// <summary>Opens it as a sidecar does.</summary>
    public Task<IPubSub> OpenAsync() => ComponentFactories.PubSubs[Component.Type](
        Component, new ComponentContext(Folder, TimeProvider.System, NullLoggerFactory.Instance), CancellationToken.None);

    /// <summary>
    /// Ends the broker, in order or by kill, and starts it again. Returns what to go on with: the same client of a server that is another process, a
    /// new one where the broker lives inside of the sidecar.
    /// </summary>
    public abstract Task<IPubSub> ComeBackAsync(IPubSub client, bool killed);

    public virtual ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private sealed class InMemoryBroker() : BrokerUnderTest("pubsub.in-memory", [])
    {
        public override Task<IPubSub> ComeBackAsync(IPubSub client, bool killed) => OpenAsync();
    }

    private sealed class SqliteBroker() : BrokerUnderTest("pubsub.sqlite", new() { ["connectionString"] = "broker.db" })
    {
        // Killed: the files as they are at this moment, with nothing closed or flushed.
        public override async Task<IPubSub> ComeBackAsync(IPubSub client, bool killed)
        {
            if (!killed)
            {
                await client.DisposeAsync();
                return await OpenAsync();
            }
            var folder = Directory.CreateTempSubdirectory("compliance-").FullName;
            foreach (var file in Directory.GetFiles(Folder, "broker.db*").Where(
                f => f.EndsWith(".db", StringComparison.Ordinal) || f.EndsWith("-wal", StringComparison.Ordinal)))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }
            await client.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
            Folder = folder;
            return await OpenAsync();
        }
    }

    private abstract class ServerBroker(string type, Dictionary<string, string> metadata) : BrokerUnderTest(type, metadata)
    {
        public override async Task<IPubSub> ComeBackAsync(IPubSub client, bool killed)
        {
            await RestartAsync(killed);
            return client;
        }

        protected abstract Task RestartAsync(bool killed);
    }

    private sealed class RedisBroker(RedisServer server) : ServerBroker("pubsub.redis", new()
    {
        ["redisHost"] = server.Host, ["processingTimeout"] = "500", ["redeliverInterval"] = "100",
    })
    {
        public override async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override async Task RestartAsync(bool killed)
        {
            await (killed ? server.KillAsync() : server.StopAsync());
            await server.StartAsync();
        }
    }

    private sealed class RabbitMqBroker : ServerBroker
    {
        private readonly RabbitServer _server;
        private readonly bool _owns;

        public RabbitMqBroker(RabbitServer server, bool owns)
            : base("pubsub.rabbitmq", []) =>
            (_server, _owns, Component) = (server, owns, RabbitBroker.Define(server.ConnectionString));

        public override async ValueTask DisposeAsync()
        {
            if (_owns)
            {
                await _server.DisposeAsync();
            }
            await base.DisposeAsync();
        }

        protected override async Task RestartAsync(bool killed)
        {
            await (killed ? _server.KillAsync() : _server.StopAsync());
            await _server.StartAsync();
        }
    }
}
