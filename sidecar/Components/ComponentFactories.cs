using Sidecar.Components.BindingsCron;
using Sidecar.Components.PubSubInMemory;
using Sidecar.Components.PubSubRabbitMq;
using Sidecar.Components.PubSubRedis;
using Sidecar.Components.PubSubSqlite;
using Sidecar.Components.StateInMemory;
using Sidecar.Components.StateRedis;
using Sidecar.Components.StateSqlite;
using Sidecar.Resources;

namespace Sidecar.Components;

/// <summary>What a component is built with, besides its own definition.</summary>
/// <param name="DataDirectory">Absolute path of the existing directory that relative file names are taken from.</param>
/// <param name="Time">Clock.</param>
/// <param name="Loggers">Loggers; category is the type that logs.</param>
public sealed record ComponentContext(string DataDirectory, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>What stands before the names of a run's own topics, see <see cref="TemporaryTopics"/>; null for none.</summary>
    public string? TopicPrefix { get; init; }
}

/// <summary>
/// Builds a component; throws <see cref="ResourceException"/> where a metadata value is missing or wrong.
/// </summary>
/// <typeparam name="T">The building block: <see cref="IPubSub"/>, <see cref="IStateStore"/> or <see cref="IInputBinding"/>.</typeparam>
public delegate Task<T> ComponentFactory<T>(
    Component component, ComponentContext context, CancellationToken cancellationToken);

/// <summary>
/// The component types that this sidecar has, by spec.type: one line per type. An instance is built once per process
/// and document, and shared by all apps in scope, as apps share a broker or a database.
/// </summary>
public static class ComponentFactories
{
    /// <summary>Brokers.</summary>
    public static IReadOnlyDictionary<string, ComponentFactory<IPubSub>> PubSubs { get; } =
        new Dictionary<string, ComponentFactory<IPubSub>>(StringComparer.Ordinal)
        {
            ["pubsub.in-memory"] = InMemoryPubSub.CreateAsync,
            ["pubsub.rabbitmq"] = RabbitPubSubFactory.CreateAsync,
            ["pubsub.redis"] = RedisPubSub.CreateAsync,
            ["pubsub.sqlite"] = SqlitePubSubFactory.CreateAsync,
        };

    /// <summary>State stores.</summary>
    public static IReadOnlyDictionary<string, ComponentFactory<IStateStore>> StateStores { get; } =
        new Dictionary<string, ComponentFactory<IStateStore>>(StringComparer.Ordinal)
        {
            ["state.in-memory"] = InMemoryStateStore.CreateAsync,
            ["state.redis"] = RedisStateStore.CreateAsync,
            ["state.sqlite"] = SqliteStateStore.CreateAsync,
        };

    /// <summary>Input bindings.</summary>
    public static IReadOnlyDictionary<string, ComponentFactory<IInputBinding>> InputBindings { get; } =
        new Dictionary<string, ComponentFactory<IInputBinding>>(StringComparer.Ordinal)
        {
            ["bindings.cron"] = CronBinding.CreateAsync,
        };

    /// <summary>All type names, sorted, for the error about an unknown one.</summary>
    public static IEnumerable<string> Types =>
        PubSubs.Keys.Concat(StateStores.Keys).Concat(InputBindings.Keys).Order(StringComparer.Ordinal);
}
