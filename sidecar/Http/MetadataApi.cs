using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Sidecar.Hosting;
using Sidecar.Resources;
using Sidecar.Resources.Yaml;
using Sidecar.Workflows;

namespace Sidecar.Http;

/// <summary>GET /v1.0/metadata and PUT /v1.0/metadata/{key}.</summary>
internal sealed class MetadataApi(AppRuntime runtime)
{
    /// <summary>The Dapr version whose behaviour this sidecar follows; the suffix tells people what really answers.</summary>
    private const string RuntimeVersion = "1.18.3-embedded";

    private static readonly string[] InputBinding = ["INPUT_BINDING"];
    private static readonly string[] ActorKinds = ["workflow", "retentioner", "activity"];

    private readonly ConcurrentDictionary<string, string> _extended = new(StringComparer.Ordinal);

    /// <summary>What runs here: components, subscriptions, the app's address.</summary>
    public Task GetAsync(HttpContext http) => Answers.Ok(http, Write);

    /// <summary>Sets a custom attribute for the answer above; it lives as long as the process.</summary>
    public async Task PutAsync(HttpContext http, string key)
    {
        try
        {
            using var body = await RequestBody.ReadAsync(http, runtime.MaxBodyBytes);
            _extended[key] = Encoding.UTF8.GetString(body.Memory.Span);
        }
        catch (BodyTooLargeException exception)
        {
            await Answers.Error(http, new(400, "ERR_MALFORMED_REQUEST", exception.Message));
            return;
        }
        await Answers.Empty(http);
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, runtime.AppId);
        writer.WriteString("runtimeVersion"u8, RuntimeVersion);
        var workers = runtime.Workflows.ConnectedWorkers;
        if (workers > 0)
        {
            WriteActorTypes(writer, "actors");
        }
        WriteComponents(writer);
        writer.WriteStartObject("extended"u8);
        writer.WriteString("daprRuntimeVersion"u8, RuntimeVersion);
        foreach (var (name, value) in _extended.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(name, value);
        }
        writer.WriteEndObject();
        WriteSubscriptions(writer);
        writer.WriteStartObject("appConnectionProperties"u8);
        if (runtime.App.BaseAddress is { } address)
        {
            writer.WriteNumber("port"u8, address.Port);
        }
        writer.WriteString("protocol"u8, "http"u8);
        writer.WriteString("channelAddress"u8, runtime.App.BaseAddress?.Host ?? "127.0.0.1");
        if (runtime.Health is { } health)
        {
            writer.WriteStartObject("health"u8);
            writer.WriteString("healthCheckPath"u8, health.Path);
            writer.WriteString("healthProbeInterval"u8, GoDuration.Write(health.Interval));
            writer.WriteString("healthProbeTimeout"u8, GoDuration.Write(health.Timeout));
            writer.WriteNumber("healthThreshold"u8, health.Threshold);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        WriteActorRuntime(writer, workers);
        if (workers > 0)
        {
            writer.WriteStartObject("workflows"u8);
            writer.WriteNumber("connectedWorkers"u8, workers);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    // There are no actors here but those that Dapr's workflows would be; clients look at this field before they use either.
    private void WriteActorRuntime(Utf8JsonWriter writer, int workers)
    {
        writer.WriteStartObject("actorRuntime"u8);
        if (runtime.Workflows is NoWorkflows)
        {
            writer.WriteString("runtimeStatus"u8, "DISABLED"u8);
        }
        else
        {
            writer.WriteString("runtimeStatus"u8, "RUNNING"u8);
            if (workers > 0)
            {
                WriteActorTypes(writer, "activeActors");
            }
            writer.WriteBoolean("hostReady"u8, value: true);
            writer.WriteString("placement"u8, "placement: connected"u8);
        }
        writer.WriteEndObject();
    }

    private void WriteActorTypes(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartArray(name);
        foreach (var kind in ActorKinds)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, $"dapr.internal.default.{runtime.AppId}.{kind}");
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private void WriteComponents(Utf8JsonWriter writer)
    {
        if (runtime.Components.Count == 0)
        {
            return;
        }
        writer.WriteStartArray("components"u8);
        foreach (var component in runtime.Components)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, component.Name);
            writer.WriteString("type"u8, component.Type);
            writer.WriteString("version"u8, component.Version);
            if (CapabilitiesOf(component.Name) is { Count: > 0 } capabilities)
            {
                writer.WriteStartArray("capabilities"u8);
                foreach (var capability in capabilities)
                {
                    writer.WriteStringValue(capability);
                }
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private IReadOnlyCollection<string> CapabilitiesOf(string component) =>
        runtime.StateStores.TryGetValue(component, out var store) ? store.Capabilities
        : runtime.InputBindings.ContainsKey(component) ? InputBinding
        : [];

    private void WriteSubscriptions(Utf8JsonWriter writer)
    {
        if (runtime.ActiveSubscriptions.Count == 0)
        {
            return;
        }
        writer.WriteStartArray("subscriptions"u8);
        foreach (var subscription in runtime.ActiveSubscriptions)
        {
            Write(writer, subscription);
        }
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, Subscription subscription)
    {
        writer.WriteStartObject();
        writer.WriteString("pubsubname"u8, subscription.PubsubName);
        writer.WriteString("topic"u8, subscription.Topic);
        if (subscription.Metadata.Count > 0)
        {
            writer.WriteStartObject("metadata"u8);
            foreach (var (name, value) in subscription.Metadata)
            {
                writer.WriteString(name, value);
            }
            writer.WriteEndObject();
        }
        writer.WriteStartArray("rules"u8);
        foreach (var rule in subscription.Rules)
        {
            writer.WriteStartObject();
            if (!string.IsNullOrEmpty(rule.Match))
            {
                writer.WriteString("match"u8, rule.Match);
            }
            writer.WriteString("path"u8, rule.Path);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteString("deadLetterTopic"u8, subscription.DeadLetterTopic ?? "");
        writer.WriteString("type"u8, subscription.Source == SubscriptionSource.Programmatic ? "PROGRAMMATIC"u8 : "DECLARATIVE"u8);
        writer.WriteEndObject();
    }
}
