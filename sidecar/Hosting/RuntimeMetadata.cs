using Sidecar.Resources;
using Sidecar.Workflows;
using Wire.Runtime;
using Component = Sidecar.Resources.Component;

namespace Sidecar.Hosting;

/// <summary>What runs here, as both faces tell it: components, subscriptions, the app's address, custom attributes.</summary>
internal static class RuntimeMetadata
{
    /// <summary>The Dapr version whose behaviour this sidecar follows; the suffix tells people what really answers.</summary>
    private const string RuntimeVersion = "1.18.3-embedded";

    private static readonly string[] InputBinding = ["INPUT_BINDING"];
    private static readonly string[] ActorKinds = ["workflow", "retentioner", "activity"];

    /// <summary>The answer of this moment.</summary>
    public static GetMetadataResponse Of(AppRuntime runtime)
    {
        var workers = runtime.Workflows.ConnectedWorkers;
        var metadata = new GetMetadataResponse
        {
            Id = runtime.AppId,
            RuntimeVersion = RuntimeVersion,
            AppConnectionProperties = new AppConnectionProperties
            {
                Port = runtime.App.BaseAddress?.Port ?? 0,
                Protocol = "http",
                ChannelAddress = runtime.App.BaseAddress?.Host ?? "127.0.0.1",
            },
            ActorRuntime = ActorsOf(runtime, workers),
            Workflows = new MetadataWorkflows { ConnectedWorkers = workers },
        };
        metadata.ActiveActorsCount.Add(metadata.ActorRuntime.ActiveActors);
        metadata.RegisteredComponents.Add(runtime.Components.Select(component => Of(runtime, component)));
        metadata.Subscriptions.Add(runtime.ActiveSubscriptions.Select(Of));
        foreach (var (name, value) in runtime.ExtendedMetadata)
        {
            metadata.ExtendedMetadata[name] = value;
        }
        metadata.ExtendedMetadata["daprRuntimeVersion"] = RuntimeVersion;
        return metadata;
    }

    // There are no actors here but those that Dapr's workflows would be; clients look at this field before they use either.
    private static ActorRuntime ActorsOf(AppRuntime runtime, int workers)
    {
        if (runtime.Workflows is NoWorkflows)
        {
            return new ActorRuntime { RuntimeStatus = ActorRuntime.Types.ActorRuntimeStatus.Disabled };
        }
        var actors = new ActorRuntime
        {
            RuntimeStatus = ActorRuntime.Types.ActorRuntimeStatus.Running,
            HostReady = true,
            Placement = "placement: connected",
        };
        if (workers > 0)
        {
            actors.ActiveActors.Add(ActorKinds.Select(kind => new ActiveActorsCount { Type = $"dapr.internal.default.{runtime.AppId}.{kind}" }));
        }
        return actors;
    }

    private static RegisteredComponents Of(AppRuntime runtime, Component component)
    {
        var registered = new RegisteredComponents { Name = component.Name, Type = component.Type, Version = component.Version };
        registered.Capabilities.Add(
            runtime.StateStores.TryGetValue(component.Name, out var store) ? store.Capabilities
            : runtime.InputBindings.ContainsKey(component.Name) ? InputBinding
            : []);
        return registered;
    }

    private static PubsubSubscription Of(Subscription subscription)
    {
        var active = new PubsubSubscription
        {
            PubsubName = subscription.PubsubName,
            Topic = subscription.Topic,
            DeadLetterTopic = subscription.DeadLetterTopic ?? "",
            Rules = new PubsubSubscriptionRules(),
            Type = subscription.Source == SubscriptionSource.Programmatic
                ? PubsubSubscriptionType.Programmatic
                : PubsubSubscriptionType.Declarative,
        };
        foreach (var (name, value) in subscription.Metadata)
        {
            active.Metadata[name] = value;
        }
        active.Rules.Rules.Add(subscription.Rules.Select(static rule => new PubsubSubscriptionRule { Match = rule.Match ?? "", Path = rule.Path }));
        return active;
    }
}
