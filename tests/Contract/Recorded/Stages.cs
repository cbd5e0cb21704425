using Sidecar.Components;

namespace Tests.Contract.Recorded;

/// <summary>What each recording was made with.</summary>
internal static class Stages
{
    /// <summary>Names under which a reply was recorded; the app's answers are in the entries.</summary>
    private static readonly string[] Replies =
    [
        "success", "retry", "drop", "empty200", "204", "201json", "200otherjson", "200text", "unknownstatus", "emptystatus", "lowercase",
        "404", "400", "403", "500", "503", "500drop", "302",
    ];

    /// <summary>The kinds of component to play a recording with.</summary>
    public static IReadOnlyList<string> Kinds(RecordedScene scene) =>
        scene.Component is null ? ["sqlite"]
        : scene.Component.EndsWith(".in-memory", StringComparison.Ordinal) ? ["in-memory"]
        : ComponentFactories.Types.Contains(scene.Component) ? ["sqlite", "redis"] : ["sqlite"];

    public static StageOptions Of(RecordedScene scene) => scene.Recording switch
    {
        "a_health_metadata" => Health(),
        "b_state_inmemory" => new(["app-b"], static kind => [Resource.State("memstore", kind)]),
        "b_state_redis" => new(["app-b"], static kind => [Resource.State("statestore", kind)]),
        "b_state_errors" => new(["app-b"], static kind => [Resource.State("pfxnone", kind, "{name: keyPrefix, value: none}")]),
        "b_state_errors_nothing" => new(["app-b2"], static _ => []) { HasApp = false },
        "f_tokens" => Tokens(),
        "g_declarative" => Declarative(),
        "h_tracing_metrics" => Tracing(),
        "e_workflow" or "e2_workflow_suspend" =>
            new(["app-e"], static kind => [Resource.State("statestore", kind, "{name: actorStateStore, value: \"true\"}")]),
        ['c', '_', 'p', ..] => Publish(scene),
        ['c', '_', 'r', ..] => Reply(scene),
        _ => Invocation(scene),
    };

    private static StageOptions Health() => new(["app-a"], static kind =>
    [
        Resource.State("memstore", "in-memory") with { Name = "1" },
        Resource.PubSub("pubsub", kind) with { Name = "2" },
        Resource.PubSub("mempubsub", "in-memory") with { Name = "3" },
        Resource.State("statestore", kind, "{name: actorStateStore, value: \"true\"}") with { Name = "4" },
    ])
    {
        Traced = true,
        Subscriptions = """
            [{"pubsubname":"pubsub","topic":"orders","route":"/orders","metadata":{"a":"b"},"deadLetterTopic":"dead"},
             {"pubsubname":"pubsub","topic":"r2","routes":{"rules":[{"match":"event.type == \"x\"","path":"/rx"}],"default":"/rd"}}]
            """,
    };

    private static StageOptions Publish(RecordedScene scene)
    {
        var name = scene.Component is "pubsub.in-memory" ? "mempubsub" : "pubsub";
        return new(["app-c"], kind =>
        [
            Resource.PubSub(name, kind), Resource.PubSub("scoped", kind, "{name: publishingScopes, value: app-c=only}"),
        ])
        {
            Traced = scene.Recording.EndsWith("sampling1", StringComparison.Ordinal),
            Last = "json object",
            Subscriptions = $$$"""
                [{"pubsubname":"{{{name}}}","topic":"plain","route":"/plain"},
                 {"pubsubname":"{{{name}}}","topic":"rawsub","route":"/rawsub","metadata":{"rawPayload":"true"}},
                 {"pubsubname":"{{{name}}}","topic":"routed","routes":{"rules":[
                   {"match":"event.type == \"type.a\"","path":"/routed/a"},
                   {"match":"event.data.kind == \"b\"","path":"/routed/b"},
                   {"match":"event.subject.startsWith(\"s\")","path":"/routed/s"}],"default":"/routed/default"}},
                 {"pubsubname":"{{{name}}}","topic":"routed2","routes":{"rules":[
                   {"match":"has(event.data.kind) && event.data.kind == \"b\"","path":"/routed2/b"},
                   {"match":"has(event.subject) && event.subject.startsWith(\"s\")","path":"/routed2/s"},
                   {"match":"event.source == \"my/source\"","path":"/routed2/src"}],"default":"/routed2/default"}},
                 {"pubsubname":"{{{name}}}","topic":"routednodef","routes":{"rules":[{"match":"event.type == \"type.a\"","path":"/nodef/a"}]}},
                 {"pubsubname":"{{{name}}}","topic":"bulk","route":"/bulk","bulkSubscribe":{"enabled":true,"maxMessagesCount":10,"maxAwaitDurationMs":300}},
                 {"pubsubname":"{{{name}}}","topic":"sl/ash","route":"slash"}]
                """,
        };
    }

    private static StageOptions Reply(RecordedScene scene)
    {
        var name = scene.Component is "pubsub.in-memory" ? "mempubsub" : "pubsub";
        var dead = scene.Recording.EndsWith("_dlq", StringComparison.Ordinal);
        var retried = scene.Recording.Contains("retry3", StringComparison.Ordinal);
        var subscriptions = Replies.SelectMany(reply => new[]
        {
            $$"""{"pubsubname":"{{name}}","topic":"b-{{reply}}","route":"/b/{{reply}}"{{(dead ? $",\"deadLetterTopic\":\"dlq-{reply}\"" : "")}}}""",
            $$"""{"pubsubname":"{{name}}","topic":"dlq-{{reply}}","route":"/dlq/{{reply}}"}""",
        });
        return new(["app-c"], kind =>
        [
            Resource.PubSub(name, kind),
            .. retried ? [Resource.Resiliency(Resource.Retry3, $"components: {{{name}: {{inbound: {{retry: r3}}}}}}")] : Array.Empty<Resource>(),
        ])
        {
            Subscriptions = $"[{string.Join(',', subscriptions)}]",
            Last = "retry",
        };
    }

    private static StageOptions Invocation(RecordedScene scene)
    {
        const string T1 = "timeouts: {t1: 1s}";
        const string Breaker = "circuitBreakers: {cb: {maxRequests: 1, timeout: 3s, trip: consecutiveFailures >= 2}}";
        (string[] Policies, string Target)? resiliency = scene.Recording switch
        {
            "d_invoke_cb" => ([Breaker], "circuitBreaker: cb"),
            "d_invoke_cbretry" => ([Breaker, Resource.Retry3], "circuitBreaker: cb, retry: r3"),
            "d_invoke_retry" => ([Resource.Retry3], "retry: r3"),
            "d_invoke_retrymatch" =>
                (["retries: {rm: {policy: constant, duration: 100ms, maxRetries: 3, matching: {httpStatusCodes: \"429,500-503\"}}}"], "retry: rm"),
            "d_invoke_retrytimeout" => ([T1, Resource.Retry3], "timeout: t1, retry: r3"),
            "d_invoke_timeout" => ([T1], "timeout: t1"),
            _ => null,
        };
        return new(["app-a", "app-b"], _ => resiliency is { } r
            ? [Resource.Resiliency(string.Join(", ", r.Policies), $"apps: {{app-b: {{{r.Target}}}}}")]
            : []) { Traced = true };
    }

    private static StageOptions Tokens() => new(["app-f", "app-g"], static kind =>
    [
        Resource.PubSub("pubsub", kind) with { Name = "2" },
        Resource.State("statestore", kind, "{name: actorStateStore, value: \"true\"}") with { Name = "3" },
        new("1", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: tick}
            spec: {type: bindings.cron, version: v1, metadata: [{name: schedule, value: "@every 1s"}]}
            scopes: [app-f]
            """),
    ])
    {
        AppFields = "env: {DAPR_API_TOKEN: secret-api, APP_API_TOKEN: secret-app}, enableAppHealthCheck: true, appHealthProbeInterval: 1",
        Subscriptions = """[{"pubsubname":"pubsub","topic":"t","route":"/t"}]""",
    };

    private static StageOptions Declarative() => new(["app-d"], static kind =>
    [
        Resource.PubSub("pubsub", kind),
        Resource.Declared("s1", "decl", "{rules: [{match: 'event.type == \"widget\"', path: /widgets}, {match: 'event.data.kind == \"gadget\"', path: /gadgets}], default: /default}",
            ", deadLetterTopic: declpoison, metadata: {k: v}", "app-d"),
        Resource.Declared("s2", "other", "{default: /default}", "", "someone-else"),
        new("s3", """
            apiVersion: dapr.io/v1alpha1
            kind: Subscription
            metadata: {name: sub3}
            spec: {pubsubname: pubsub, topic: v1topic, route: /v1route}
            """),
        Resource.Declared("s4", "declpoison", "{default: /poison}"),
        Resource.Declared("s5", "both", "{default: /both-decl}"),
        Resource.Declared("s8", "decl2",
            "{rules: [{match: 'event.type == \"widget\"', path: /widgets}, {match: 'has(event.data.kind) && event.data.kind == \"gadget\"', path: /gadgets}], default: /default}"),
    ])
    {
        Last = "v1alpha1",
        Subscriptions = """
            [{"pubsubname":"pubsub","topic":"both","route":"/both-prog"},{"pubsubname":"pubsub","topic":"prog","route":"/prog"}]
            """,
    };

    private static StageOptions Tracing() => new(["app-a", "app-b"], static kind =>
        [Resource.PubSub("mempubsub", kind), Resource.State("statestore", kind)])
    {
        Traced = true,
        Subscriptions = """[{"pubsubname":"mempubsub","topic":"t","route":"/t"}]""",
    };
}
