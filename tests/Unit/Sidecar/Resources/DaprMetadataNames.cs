namespace Tests.Unit.Sidecar.Resources;

/// <summary>
/// The metadata names that Dapr's own components know: facts, taken from metadata.yaml and the metadata structs of components-contrib 1.18.4. A real
/// Dapr ignores others without a word, so that a misspelt setting would silently not be in force.
/// </summary>
internal static class DaprMetadataNames
{
    /// <summary>Names by component type.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> ByType { get; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["pubsub.redis"] =
            [
                "clientCert", "clientKey", "concurrency", "consumerID", "dialTimeout", "enableTLS", "failover", "idleCheckFrequency",
                "idleTimeout", "insecureSkipTLSVerify", "maxConnAge", "maxLenApprox", "minIdleConns", "poolSize", "poolTimeout",
                "processingTimeout", "queueDepth", "readTimeout", "redeliverInterval", "redisDB", "redisHost", "redisMaxRetries",
                "redisMaxRetryInterval", "redisMinRetryInterval", "redisPassword", "redisPort", "redisType", "redisUsername",
                "sentinelMasterName", "sentinelPassword", "sentinelUsername", "streamTTL", "useEntraID", "writeTimeout"
            ],
            ["state.redis"] =
            [
                "clientCert", "clientKey", "dialTimeout", "enableTLS", "failover", "idleCheckFrequency", "idleTimeout",
                "insecureSkipTLSVerify", "maxConnAge", "minIdleConns", "poolSize", "poolTimeout", "processingTimeout", "queryIndexes",
                "readTimeout", "redeliverInterval", "redisDB", "redisHost", "redisMaxRetries", "redisMaxRetryInterval",
                "redisMinRetryInterval", "redisPassword", "redisPort", "redisType", "redisUsername", "sentinelMasterName",
                "sentinelPassword", "sentinelUsername", "ttlInSeconds", "useEntraID", "writeTimeout"
            ],
            ["pubsub.rabbitmq"] =
            [
                "autoAck", "caCert", "clientCert", "clientKey", "clientName", "concurrency", "concurrencyMode", "connectionString",
                "consumerID", "deletedWhenUnused", "deliveryMode", "durable", "enableDeadLetter", "exchangeKind", "heartBeat", "hostname",
                "maxLen", "maxLenBytes", "password", "prefetchCount", "protocol", "publisherConfirm", "publishMessagePropertiesToMetadata",
                "reconnectWaitSeconds", "requeueInFailure", "saslExternal", "ttlInSeconds", "username"
            ],
            ["pubsub.kafka"] =
            [
                "authType", "brokers", "caCert", "channelBufferSize", "clientCert", "clientConnectionKeepAliveInterval",
                "clientConnectionTopicMetadataRefreshInterval", "clientID", "clientKey", "compression", "consumeRetryEnabled",
                "consumeRetryInterval", "consumerFetchDefault", "consumerFetchMin", "consumerGroup", "consumerGroupRebalanceStrategy",
                "dialTimeout", "disableTls", "escapeHeaders", "excludeHeaderMetaRegex", "heartbeatInterval", "initialOffset",
                "maxMessageBytes", "metadataTimeout", "oidcAudience", "oidcClientAssertionCert", "oidcClientAssertionKey", "oidcClientID",
                "oidcClientSecret", "oidcExtensions", "oidcKid", "oidcResource", "oidcScopes", "oidcTokenEndpoint", "producerRequiredAcks",
                "producerRetryMax", "readTimeout", "saslMechanism", "saslPassword", "saslUsername", "schemaCachingEnabled",
                "schemaLatestVersionCacheTTL", "schemaRegistryAPIKey", "schemaRegistryAPISecret", "schemaRegistryURL", "sessionTimeout",
                "skipVerify", "useAvroJSON", "version", "writeTimeout"
            ],
            ["pubsub.azure.servicebus.topics"] =
            [
                "autoDeleteOnIdleInSec", "azureClientId", "azureClientSecret", "azureEnvironment", "azureTenantId", "connectionString",
                "consumerID", "defaultMessageTimeToLiveInSec", "disableEntityManagement", "handlerTimeoutInSec", "lockDurationInSec",
                "lockRenewalInSec", "maxActiveMessages", "maxConcurrentHandlers", "maxConnectionRecoveryInSec", "maxDeliveryCount",
                "maxRetriableErrorsPerSec", "minConnectionRecoveryInSec", "namespaceName", "publishInitialRetryIntervalInMs",
                "publishMaxRetries", "timeoutInSec"
            ],
            ["secretstores.local.env"] =
            [
                "prefix"
            ],
        };

    /// <summary>Names that the runtime itself reads, by building block. Source: dapr/dapr 1.18.3, pkg/scopes and pkg/components/state.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> OfTheRuntime { get; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["pubsub"] = ["publishingScopes", "subscriptionScopes", "allowedTopics", "protectedTopics"],
            ["state"] = ["keyPrefix", "actorStateStore"],
            ["secretstores"] = [],
        };

    /// <summary>Names whose values are secrets.</summary>
    public static IReadOnlySet<string> Secret { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "azureClientSecret", "clientCert", "clientKey", "connectionString", "oidcClientAssertionKey", "oidcClientSecret", "password",
        "redisPassword", "saslPassword", "sentinelPassword"
    };
}
