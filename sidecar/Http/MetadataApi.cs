using System.Text;
using System.Text.Json;
using Sidecar.Hosting;
using Sidecar.Hosting.RunFiles;
using Sidecar.Resources.Yaml;
using Wire.Runtime;

namespace Sidecar.Http;

/// <summary>GET /v1.0/metadata and PUT /v1.0/metadata/{key}.</summary>
internal sealed class MetadataApi(AppRuntime runtime)
{
    /// <summary>What runs here: components, subscriptions, the app's address.</summary>
    public Task GetAsync(HttpContext http)
    {
        var metadata = RuntimeMetadata.Of(runtime);
        return Answers.Ok(http, writer => Write(writer, metadata, runtime.Health));
    }

    /// <summary>Sets a custom attribute for the answer above; it lives as long as the process.</summary>
    public async Task PutAsync(HttpContext http, string key)
    {
        try
        {
            using var body = await RequestBody.ReadAsync(http, runtime.MaxBodyBytes);
            runtime.ExtendedMetadata[key] = Encoding.UTF8.GetString(body.Memory.Span);
        }
        catch (BodyTooLargeException exception)
        {
            await Answers.Error(http, new(400, "ERR_MALFORMED_REQUEST", exception.Message));
            return;
        }
        await Answers.Empty(http);
    }

    private static void Write(Utf8JsonWriter writer, GetMetadataResponse metadata, AppHealthSpec? health)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, metadata.Id);
        writer.WriteString("runtimeVersion"u8, metadata.RuntimeVersion);
        WriteActorTypes(writer, "actors", metadata.ActorRuntime.ActiveActors);
        WriteComponents(writer, metadata.RegisteredComponents);
        writer.WriteStartObject("extended"u8);
        foreach (var (name, value) in metadata.ExtendedMetadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(name, value);
        }
        writer.WriteEndObject();
        WriteSubscriptions(writer, metadata.Subscriptions);
        writer.WriteStartObject("appConnectionProperties"u8);
        if (metadata.AppConnectionProperties.Port != 0)
        {
            writer.WriteNumber("port"u8, metadata.AppConnectionProperties.Port);
        }
        writer.WriteString("protocol"u8, metadata.AppConnectionProperties.Protocol);
        writer.WriteString("channelAddress"u8, metadata.AppConnectionProperties.ChannelAddress);
        WriteHealth(writer, health);
        writer.WriteEndObject();
        WriteActorRuntime(writer, metadata.ActorRuntime);
        if (metadata.Workflows.ConnectedWorkers > 0)
        {
            writer.WriteStartObject("workflows"u8);
            writer.WriteNumber("connectedWorkers"u8, metadata.Workflows.ConnectedWorkers);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteActorRuntime(Utf8JsonWriter writer, ActorRuntime actors)
    {
        writer.WriteStartObject("actorRuntime"u8);
        var isRunning = actors.RuntimeStatus == ActorRuntime.Types.ActorRuntimeStatus.Running;
        writer.WriteString("runtimeStatus"u8, isRunning ? "RUNNING"u8 : "DISABLED"u8);
        if (isRunning)
        {
            WriteActorTypes(writer, "activeActors", actors.ActiveActors);
            writer.WriteBoolean("hostReady"u8, actors.HostReady);
            writer.WriteString("placement"u8, actors.Placement);
        }
        writer.WriteEndObject();
    }

    private static void WriteActorTypes(Utf8JsonWriter writer, string name, IReadOnlyCollection<ActiveActorsCount> actors)
    {
        if (actors.Count == 0)
        {
            return;
        }
        writer.WriteStartArray(name);
        foreach (var actor in actors)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, actor.Type);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteComponents(Utf8JsonWriter writer, IReadOnlyCollection<RegisteredComponents> components)
    {
        if (components.Count == 0)
        {
            return;
        }
        writer.WriteStartArray("components"u8);
        foreach (var component in components)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, component.Name);
            writer.WriteString("type"u8, component.Type);
            writer.WriteString("version"u8, component.Version);
            if (component.Capabilities.Count > 0)
            {
                writer.WriteStartArray("capabilities"u8);
                foreach (var capability in component.Capabilities)
                {
                    writer.WriteStringValue(capability);
                }
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteHealth(Utf8JsonWriter writer, AppHealthSpec? health)
    {
        if (health is null)
        {
            return;
        }
        writer.WriteStartObject("health"u8);
        writer.WriteString("healthCheckPath"u8, health.Path);
        writer.WriteString("healthProbeInterval"u8, GoDuration.Write(health.Interval));
        writer.WriteString("healthProbeTimeout"u8, GoDuration.Write(health.Timeout));
        writer.WriteNumber("healthThreshold"u8, health.Threshold);
        writer.WriteEndObject();
    }

    private static void WriteSubscriptions(Utf8JsonWriter writer, IReadOnlyCollection<PubsubSubscription> subscriptions)
    {
        if (subscriptions.Count == 0)
        {
            return;
        }
        writer.WriteStartArray("subscriptions"u8);
        foreach (var subscription in subscriptions)
        {
            Write(writer, subscription);
        }
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, PubsubSubscription subscription)
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
        foreach (var rule in subscription.Rules.Rules)
        {
            writer.WriteStartObject();
            if (rule.Match.Length > 0)
            {
                writer.WriteString("match"u8, rule.Match);
            }
            writer.WriteString("path"u8, rule.Path);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteString("deadLetterTopic"u8, subscription.DeadLetterTopic);
        writer.WriteString("type"u8, subscription.Type == PubsubSubscriptionType.Programmatic ? "PROGRAMMATIC"u8 : "DECLARATIVE"u8);
        writer.WriteEndObject();
    }
}
