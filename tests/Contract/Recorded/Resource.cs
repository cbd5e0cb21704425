namespace Tests.Contract.Recorded;

/// <summary>A resource file.</summary>
public sealed record Resource(string Name, string Yaml)
{
    /// <summary>Three retries after 100 ms each.</summary>
    public const string Retry3 = "retries: {r3: {policy: constant, duration: 100ms, maxRetries: 3}}";

    /// <summary>A broker; REDIS stands for a server's address.</summary>
    public static Resource PubSub(string name, string kind, params string[] more) => Component(name, $"pubsub.{kind}", kind switch
    {
        "sqlite" => [$"{{name: connectionString, value: {name}.db}}", .. more],
        "redis" => ["{name: redisHost, value: \"REDIS\"}", "{name: redisPassword, value: \"\"}", "{name: poolSize, value: \"80\"}", .. more],
        _ => more,
    });

    /// <summary>A state store.</summary>
    public static Resource State(string name, string kind, params string[] more) => Component(name, $"state.{kind}", kind switch
    {
        "sqlite" => [$"{{name: connectionString, value: {name}.db}}", .. more],
        "redis" => ["{name: redisHost, value: \"REDIS\"}", "{name: redisPassword, value: \"\"}", .. more],
        _ => more,
    });

    public static Resource Resiliency(string policies, string targets) => new("resiliency", $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: res}
        spec:
          policies: { {{policies}} }
          targets: { {{targets}} }
        """);

    /// <summary>A declarative subscription, v2alpha1.</summary>
    public static Resource Declared(string name, string topic, string routes, string more = "", string? scope = null) => new(name, $$"""
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata: {name: {{name}}}
        spec: {pubsubname: pubsub, topic: {{topic}}, routes: {{routes}}{{more}} }
        {{(scope is null ? "" : $"scopes: [{scope}]")}}
        """);

    private static Resource Component(string name, string type, string[] metadata) => new(name, $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: {{name}}}
        spec:
          type: {{type}}
          version: v1
          metadata: [{{string.Join(", ", metadata)}}]
        """);
}
