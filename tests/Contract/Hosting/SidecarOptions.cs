using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Hosting;
using Sidecar.PubSub;
using Sidecar.Workflows;

namespace Tests.Contract.Hosting;

/// <summary>How an embedded sidecar differs from the plain one.</summary>
public sealed record SidecarOptions
{
    public double? TracingSamplingRate { get; init; }

    /// <summary>Where the spans of app-a and app-b go; null for nowhere.</summary>
    public Uri? Zipkin { get; init; }

    public string? ApiToken { get; init; }

    public long MaxBodyBytes { get; init; } = 4 << 20;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>A Resiliency file's text, or null.</summary>
    public string? Resiliency { get; init; }

    /// <summary>State components by name: type and metadata.</summary>
    public IReadOnlyDictionary<string, (string Type, Dictionary<string, string> Metadata)> Stores { get; init; } =
        new Dictionary<string, (string, Dictionary<string, string>)>(StringComparer.Ordinal)
        {
            ["statestore"] = ("state.sqlite", new(StringComparer.Ordinal) { ["connectionString"] = "state.db", ["actorStateStore"] = "true" }),
            ["memstore"] = ("state.in-memory", new(StringComparer.Ordinal)),
        };

    /// <summary>Brokers by name: type and metadata. Where there are any they are published to, instead of <see cref="Publisher"/>.</summary>
    public IReadOnlyDictionary<string, (string Type, Dictionary<string, string> Metadata)> Brokers { get; init; } =
        new Dictionary<string, (string, Dictionary<string, string>)>(StringComparer.Ordinal);

    /// <summary>One durable broker of the name <c>pubsub</c>.</summary>
    public static IReadOnlyDictionary<string, (string Type, Dictionary<string, string> Metadata)> OneBroker { get; } =
        new Dictionary<string, (string, Dictionary<string, string>)>(StringComparer.Ordinal)
        {
            ["pubsub"] = ("pubsub.sqlite", new(StringComparer.OrdinalIgnoreCase) { ["connectionString"] = "broker.db" }),
        };

    /// <summary>The sidecar's own app; null for one that answers as its paths say.</summary>
    public IAppChannel? App { get; init; }

    public IPublisher Publisher { get; init; } = new RecordingPublisher();

    /// <summary>The app's workflows; null for an engine of its own beside the actor state store.</summary>
    public IWorkflowEngine? Workflows { get; init; }

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Where database files go; null for a fresh directory that is removed at the end.</summary>
    public string? DataDirectory { get; init; }
}
