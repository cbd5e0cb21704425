using System.CommandLine;
using Tests.Servers;

namespace Tests.Bench;

/// <summary>The broker and the state store of one kind, with the server that they need.</summary>
/// <param name="Yaml">Component files: <c>pubsub</c> and <c>statestore</c>.</param>
/// <param name="Server">Ends with the measurement; null where there is none.</param>
internal sealed record BenchComponents(string Yaml, IAsyncDisposable? Server) : IAsyncDisposable
{
    private const string InMemory = "in-memory";
    private const string Sqlite = "sqlite";
    private const string Redis = "redis";
    private const string RedisSafe = "redis-fsync";
    private const string RabbitMq = "rabbitmq";

    public static Option<string> Option() => new Option<string>("--component")
    {
        HelpName = $"{InMemory}|{Sqlite}|{Redis}|{RedisSafe}|{RabbitMq}",
        Description = "Kind of the broker or store; redis-fsync writes to disk before it answers.",
        DefaultValueFactory = _ => Sqlite,
    }.AcceptOnlyFromAmong(InMemory, Sqlite, Redis, RedisSafe, RabbitMq);

    /// <summary>
    /// Starts the server where there is one. <c>redis</c> keeps everything in memory, as it does out of the box; <c>redis-fsync</c> writes it down
    /// before it answers, as components/redis asks for. <c>rabbitmq</c> has the settings of components/rabbitmq; its state is kept in memory.
    /// </summary>
    public static async Task<BenchComponents> StartAsync(string kind)
    {
        switch (kind)
        {
            case Redis or RedisSafe:
                var program = Programs.Find(RedisServer.ProgramName) ?? throw new InvalidOperationException("redis-server is not installed.");
                var server = await RedisServer.StartAsync(program, null, kind == Redis ? ["--appendonly", "no"] : []);
                return new(
                    Component(
                        "pubsub", "pubsub.redis", ("redisHost", server.Host), ("concurrency", "256"), ("queueDepth", "512"),
                        ("maxLenApprox", "1000000"))
                    + Component("statestore", "state.redis", ("redisHost", server.Host)),
                    server);
            case RabbitMq:
                var rabbit = await RabbitServer.StartAsync(
                    RabbitServer.Program ?? throw new InvalidOperationException("rabbitmq-server is not installed."));
                return new(
                    Component(
                        "pubsub", "pubsub.rabbitmq", ("connectionString", rabbit.ConnectionString), ("deliveryMode", "2"), ("deletedWhenUnused", "false"),
                        ("publisherConfirm", "true"), ("prefetchCount", "255"), ("concurrencyMode", "parallel"), ("requeueInFailure", "false"))
                    + Component("statestore", "state.in-memory"),
                    rabbit);
            case InMemory:
                return new(Component("pubsub", "pubsub.in-memory", ("concurrency", "100")) + Component("statestore", "state.in-memory"), null);
            default:
                return new(
                    Component("pubsub", "pubsub.sqlite", ("connectionString", "broker.db"), ("concurrency", "4"))
                    + Component("statestore", "state.sqlite", ("connectionString", "state.db")),
                    null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }

    private static string Component(string name, string type, params (string Name, string Value)[] metadata) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n"
        + $"spec:\n  type: {type}\n  version: v1\n  metadata:"
        + (metadata.Length == 0 ? " []" : "") + "\n"
        + string.Concat(metadata.Select(m => $"    - name: {m.Name}\n      value: \"{m.Value}\"\n")) + "---\n";
}
