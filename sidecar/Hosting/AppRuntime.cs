using System.Collections.Concurrent;
using Sidecar.Components;
using Sidecar.Faults;
using Sidecar.Hosting.RunFiles;
using Sidecar.PubSub.Scoping;
using Sidecar.Resiliency;
using Sidecar.Resources;
using Sidecar.Telemetry;
using Sidecar.Workflows;

namespace Sidecar.Hosting;

/// <summary>
/// Everything one app's sidecar works with. The HTTP face and the building blocks take this one argument; it is put together
/// by the host at start, and in tests by hand.
/// </summary>
public sealed class AppRuntime
{
    /// <summary>The app's id.</summary>
    public required string AppId { get; init; }

    /// <summary>The way to the app.</summary>
    public required IAppChannel App { get; init; }

    /// <summary>The app's health checks, for the metadata answer; null where they are off.</summary>
    public AppHealthSpec? Health { get; init; }

    /// <summary>Other apps in this process, for service invocation.</summary>
    public required IAppDirectory Apps { get; init; }

    /// <summary>Component definitions in scope of this app, in load order, for the metadata answer.</summary>
    public required IReadOnlyList<Component> Components { get; init; }

    /// <summary>Brokers in scope, by component name.</summary>
    public required IReadOnlyDictionary<string, IPubSub> PubSubs { get; init; }

    /// <summary>State stores in scope, by component name.</summary>
    public required IReadOnlyDictionary<string, IStateStore> StateStores { get; init; }

    /// <summary>Input bindings in scope, by component name.</summary>
    public IReadOnlyDictionary<string, IInputBinding> InputBindings { get; init; } =
        new Dictionary<string, IInputBinding>(StringComparer.Ordinal);

    /// <summary>The app's workflows; refuses everything where no actor state store is in scope.</summary>
    public IWorkflowEngine Workflows { get; init; } = new NoWorkflows();

    /// <summary>Declarative subscriptions in scope of this app.</summary>
    public required IReadOnlyList<Subscription> Subscriptions { get; init; }

    /// <summary>Resiliency policies in scope of this app.</summary>
    public required IPolicies Policies { get; init; }

    /// <summary>Fraction of requests that start a sampled trace (Configuration spec.tracing.samplingRate); null where no tracing is configured.</summary>
    public required double? TracingSamplingRate { get; init; }

    /// <summary>What the sidecar tells about itself.</summary>
    public AppTelemetry Telemetry { get; init; } = AppTelemetry.Off;

    /// <summary>DAPR_API_TOKEN that callers must present; null for none.</summary>
    public string? ApiToken { get; init; }

    /// <summary>Largest accepted body in bytes (Dapr's default: 4 MiB).</summary>
    public long MaxBodyBytes { get; init; } = 4 << 20;

    /// <summary>What goes wrong on purpose; nothing, unless a test's flags say so.</summary>
    public IFaults Faults { get; init; } = NoFaults.Instance;

    /// <summary>Clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Loggers; category is the type that logs.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Active subscriptions, for the metadata answer; set once the app was asked.</summary>
    public IReadOnlyList<Subscription> ActiveSubscriptions { get; set; } = [];

    /// <summary>Custom attributes that callers have set, for the metadata answer; they live as long as the process.</summary>
    public ConcurrentDictionary<string, string> ExtendedMetadata { get; } = new(StringComparer.Ordinal);

    /// <summary>What the app may do with the topics of each broker in scope, by component name; read from their metadata at first use.</summary>
    /// <exception cref="ResourceException">A scope is malformed.</exception>
    public IReadOnlyDictionary<string, TopicScopes> TopicScopes =>
        field ??= Components.Where(static c => c.Type.StartsWith("pubsub.", StringComparison.Ordinal))
            .ToDictionary(static c => c.Name, c => PubSub.Scoping.TopicScopes.Read(c, AppId), StringComparer.Ordinal);

    /// <summary>Asks the host to stop this sidecar and its app (POST /v1.0/shutdown).</summary>
    public Action RequestShutdown { get; init; } = static () => { };
}
