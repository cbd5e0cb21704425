using RabbitMQ.Client;
using Sidecar.Components.Settings;
using Sidecar.Resources;
using Sidecar.Resources.Yaml;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>Reads the metadata of <c>pubsub.rabbitmq</c>. Source: components-contrib 1.18.4, pubsub/rabbitmq/metadata.go.</summary>
internal static class RabbitSettings
{
    /// <summary>Address with user and password; never printed.</summary>
    public const string ConnectionString = "connectionString";

    /// <summary>Host, with a port where it is not the usual one.</summary>
    public const string Hostname = "hostname";

    private const string BooleanRemedy = "Write \"true\" or \"false\".";
    private const string Mode = "concurrencyMode";

    /// <summary>Reads all.</summary>
    /// <exception cref="ResourceException">A value is wrong, or asks for what this sidecar does not have.</exception>
    public static RabbitOptions Read(Component component, PubSubSettings settings)
    {
        settings.AllowOnly(
            ConnectionString, "protocol", Hostname, "username", "password", "consumerID", "durable", "deletedWhenUnused", "autoAck", "deliveryMode",
            "requeueInFailure", "prefetchCount", "reconnectWaitSeconds", "concurrency", Mode, "publisherConfirm", "enableDeadLetter", "maxLen",
            "maxLenBytes", "exchangeKind", "ttlInSeconds", "clientName", "heartBeat", "saslExternal", "caCert", "clientCert", "clientKey",
            "publishMessagePropertiesToMetadata");
        RefuseWhatIsNotThere(settings);
        var factory = RabbitAddress.Read(settings);
        factory.ClientProvidedName = settings.Text("clientName") ?? $"dapr-{component.Name}";
        factory.RequestedHeartbeat = Duration(settings, "heartBeat") ?? TimeSpan.FromSeconds(10);
        factory.AutomaticRecoveryEnabled = false;
        factory.RequestedConnectionTimeout = factory.ContinuationTimeout = factory.HandshakeContinuationTimeout = RabbitLimits.Answer;
        return new RabbitOptions
        {
            Factory = factory,
            Address = $"{factory.Endpoint.HostName}:{factory.Endpoint.Port}",
            ConsumerId = settings.Text("consumerID"),
            Durable = Boolean(settings, "durable", fallback: true),
            DeletedWhenUnused = Boolean(settings, "deletedWhenUnused", fallback: true),
            AutoAck = Boolean(settings, "autoAck"),
            RequeueInFailure = Boolean(settings, "requeueInFailure"),
            EnableDeadLetter = Boolean(settings, "enableDeadLetter"),
            Persistent = settings.Number("deliveryMode", 0, 2) == 2,
            PublisherConfirm = Boolean(settings, "publisherConfirm"),
            Prefetch = (int)(settings.Number("prefetchCount", 0, byte.MaxValue) ?? 0),
            Single = IsSingle(settings),
            ReconnectWait = Duration(settings, "reconnectWaitSeconds") ?? TimeSpan.FromSeconds(3),
            ExchangeKind = settings.Text("exchangeKind") switch
            {
                null => ExchangeType.Fanout,
                var kind when ExchangeType.All().Contains(kind) => kind,
                var kind => throw settings.Error(
                    "exchangeKind", $"'{kind}' is not an exchange kind", $"Write one of {string.Join(", ", ExchangeType.All())}."),
            },
            MaxLen = settings.Number("maxLen", 0, long.MaxValue) is > 0 and var length ? length : null,
            MaxLenBytes = settings.Number("maxLenBytes", 0, long.MaxValue) is > 0 and var bytes ? bytes : null,
            Ttl = Duration(settings, "ttlInSeconds") is { Ticks: > 0 } ttl ? ttl : null,
        };
    }

    private static void RefuseWhatIsNotThere(PubSubSettings settings)
    {
        if (Boolean(settings, "saslExternal"))
        {
            throw settings.Error("saslExternal", "is not supported by this sidecar", "Remove it, and give username and password.");
        }
        if (Boolean(settings, "publishMessagePropertiesToMetadata"))
        {
            throw settings.Error(
                "publishMessagePropertiesToMetadata", "is not supported by this sidecar", "Remove it; the CloudEvent has what an app needs.");
        }
    }

    // Dapr's documentation says concurrency, but components-contrib 1.18.4 reads concurrencyMode and overwrites the other: a file that says single
    // by the documented name is served in parallel.
    private static bool IsSingle(PubSubSettings settings)
    {
        var mode = settings.Text(Mode) ?? "parallel";
        if (mode is not ("single" or "parallel"))
        {
            throw settings.Error(Mode, $"'{mode}' is neither parallel nor single", "Write one of them.");
        }
        return settings.Text("concurrency") is not { } documented || documented == mode
            ? mode == "single"
            : throw settings.Error("concurrency", $"'{documented}' is ignored by Dapr 1.18, which reads {Mode}", $"Write {Mode}: {documented}.");
    }

    private static bool Boolean(PubSubSettings settings, string name, bool fallback = false) => settings.Text(name) switch
    {
        null => fallback,
        var text when bool.TryParse(text, out var value) => value,
        var text => throw settings.Error(name, $"'{text}' is not a boolean", BooleanRemedy),
    };

    // A bare number is seconds here, unlike in resiliency files.
    private static TimeSpan? Duration(PubSubSettings settings, string name) => settings.Text(name) switch
    {
        null => null,
        var text when GoDuration.TryParse(text.All(char.IsAsciiDigit) ? text + "s" : text, out var value) => value,
        var text => throw settings.Error(name, $"'{text}' is not a duration", "Write seconds, or a duration such as 500ms or 3s."),
    };
}
