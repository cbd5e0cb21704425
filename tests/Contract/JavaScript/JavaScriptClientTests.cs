using System.Text.Json.Nodes;
using Tests.Contract.Hosting;

namespace Tests.Contract.JavaScript;

/// <summary>The official JavaScript SDK (npm @dapr/dapr) as client: the same by HTTP and by gRPC.</summary>
public sealed class JavaScriptClientTests(JavaScriptEndpoint endpoint) : IClassFixture<JavaScriptEndpoint>
{
    private const int NotFound = 5;
    private const int Aborted = 10;
    private const int FirstWrite = 1;
    private const int Strong = 2;

    private static string Store => JavaScriptEndpoint.Store;

    public static TheoryData<string> Protocols => ["HTTP", "GRPC"];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task values_are_saved_read_and_deleted(string protocol)
    {
        var (key, text) = (DaprFixture.Key("js-state"), DaprFixture.Key("js-text"));

        await endpoint.UseAsync(protocol, "state", "save", Store, new object[] { new { key, value = new { a = 1, b = "ü" } }, new { key = text, value = "t" } });

        Json(await endpoint.UseAsync(protocol, "state", "get", Store, key)).ShouldBe("""{"a":1,"b":"ü"}""");
        Json(await endpoint.UseAsync(protocol, "state", "get", Store, text)).ShouldBe("\"t\"");

        await endpoint.UseAsync(protocol, "state", "delete", Store, key);

        Json(await endpoint.UseAsync(protocol, "state", "get", Store, key)).ShouldBe("\"\"");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task several_values_are_read_at_once(string protocol)
    {
        var (first, second, none) = (DaprFixture.Key("js-b1"), DaprFixture.Key("js-b2"), DaprFixture.Key("js-b3"));
        await endpoint.UseAsync(protocol, "state", "save", Store, new object[] { new { key = first, value = new { n = 1 } }, new { key = second, value = new { n = 2 } } });

        var items = (await endpoint.UseAsync(protocol, "state", "getBulk", Store, new[] { first, second, none }))!.AsArray();

        items.Select(item => (string)item!["key"]!).ShouldBe([first, second, none], ignoreOrder: true);
        var found = items.ToDictionary(item => (string)item!["key"]!, item => item!);
        ((int)found[first]["data"]!["n"]!, (int)found[second]["data"]!["n"]!).ShouldBe((1, 2));
        ((string)found[first]["etag"]!).ShouldNotBeEmpty();
        ((string?)found[none]["etag"] ?? "").ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task a_stale_etag_is_refused_and_the_right_one_is_not(string protocol)
    {
        var key = DaprFixture.Key("js-etag");
        await endpoint.UseAsync(protocol, "state", "save", Store, new object[] { new { key, value = "1" } });
        var stale = await ETagAsync(protocol, key);
        await SaveIfAsync(protocol, key, "2", stale);

        var refused = await Should.ThrowAsync<JavaScriptException>(SaveIfAsync(protocol, key, "3", stale));
        var kept = await Should.ThrowAsync<JavaScriptException>(
            endpoint.UseAsync(protocol, "state", "delete", Store, key, new { etag = stale, concurrency = FirstWrite }));

        foreach (var refusal in new[] { refused, kept })
        {
            refusal.Message.ShouldContain("possible etag mismatch");
            refusal.Code.ShouldBe(protocol is "GRPC" ? Aborted : null);
        }
        await endpoint.UseAsync(protocol, "state", "delete", Store, key, new { etag = await ETagAsync(protocol, key), consistency = Strong });
        Json(await endpoint.UseAsync(protocol, "state", "get", Store, key)).ShouldBe("\"\"");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task a_transaction_writes_and_deletes(string protocol)
    {
        var (kept, gone) = (DaprFixture.Key("js-t1"), DaprFixture.Key("js-t2"));
        await endpoint.UseAsync(protocol, "state", "save", Store, new object[] { new { key = gone, value = "old" } });

        await endpoint.UseAsync(protocol, "state", "transaction", Store, new object[]
        {
            new { operation = "upsert", request = new { key = kept, value = "new" } },
            new { operation = "delete", request = new { key = gone } },
        });

        Json(await endpoint.UseAsync(protocol, "state", "get", Store, kept)).ShouldBe("\"new\"");
        Json(await endpoint.UseAsync(protocol, "state", "get", Store, gone)).ShouldBe("\"\"");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task messages_are_published(string protocol)
    {
        var topic = DaprFixture.Key("js-topic");

        await endpoint.UseAsync(protocol, "pubsub", "publish", "pubsub", topic, new { a = 1 });
        await endpoint.UseAsync(protocol, "pubsub", "publish", "pubsub", topic, "text");
        await endpoint.UseAsync(protocol, "pubsub", "publish", "pubsub", topic, new { a = 1 }, new { metadata = new { rawPayload = "true" } });
        var failed = await endpoint.UseAsync(protocol, "pubsub", "publishBulk", "pubsub", topic, new object[] { "text", new { a = 1 } });

        failed!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task an_unknown_component_is_told(string protocol)
    {
        var store = await Should.ThrowAsync<JavaScriptException>(endpoint.UseAsync(protocol, "state", "get", "nostore", "k"));
        var broker = await Should.ThrowAsync<JavaScriptException>(endpoint.UseAsync(protocol, "pubsub", "publish", "nopubsub", "t", "x"));
        var bulk = await endpoint.UseAsync(protocol, "pubsub", "publishBulk", "nopubsub", "t", new object[] { "x", "y" });
        var binding = await Should.ThrowAsync<JavaScriptException>(endpoint.UseAsync(protocol, "binding", "send", "nobinding", "create", "x"));

        store.Message.ShouldContain("state store nostore is not found");
        broker.Message.ShouldContain("pubsub nopubsub is not found");
        bulk!.AsArray().Select(message => (string)message!["event"]!).ShouldBe(["x", "y"]);
        binding.Message.ShouldContain("error invoking output binding nobinding: couldn't find output binding nobinding");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task metadata_is_told_and_set(string protocol)
    {
        var value = DaprFixture.Key("js");

        await endpoint.UseAsync(protocol, "metadata", "set", "contract-suite", value);
        var metadata = (await endpoint.UseAsync(protocol, "metadata", "get"))!;

        ((string)metadata["id"]!).ShouldNotBeEmpty();
        metadata.ToJsonString().ShouldContain(value);
        metadata.ToJsonString().ShouldContain(Store);
        ((bool)(await endpoint.UseAsync(protocol, "health", "isHealthy"))!).ShouldBeTrue();
    }

    public static TheoryData<string, string> Verbs => new(
        from protocol in Protocols
        from verb in new[] { "get", "post", "put", "patch", "delete" }
        select (protocol.Data, verb));

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task an_app_is_invoked(string protocol, string verb)
    {
        var other = endpoint.Embedded("it has no app of the name app-b").Other;
        var path = $"orders/{DaprFixture.Key("js")}";
        object? data = verb is "get" ? null : new { n = 1 };

        var answer = await endpoint.UseAsync(protocol, "invoker", "invoke", "app-b", path, verb, data);

        Json(answer).ShouldBe("""{"ok":true}""");
        var request = other.Requests.Single(r => r.Target == $"/{path}");
        request.Method.ShouldBe(verb.ToUpperInvariant());
        request.Headers["dapr-caller-app-id"].ShouldBe("app-a");
        if (data is not null)
        {
            System.Text.Encoding.UTF8.GetString(request.Body).ShouldBe("""{"n":1}""");
            request.Headers["content-type"].ShouldBe("application/json");
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task the_status_of_an_app_is_told(string protocol)
    {
        endpoint.Embedded("it has no app of the name app-b");

        var missing = await Should.ThrowAsync<JavaScriptException>(endpoint.UseAsync(protocol, "invoker", "invoke", "app-b", "status/404", "get"));
        var unknown = await Should.ThrowAsync<JavaScriptException>(endpoint.UseAsync(protocol, "invoker", "invoke", "nobody", "x", "get"));

        missing.Message.ShouldContain("Not Found");
        missing.Code.ShouldBe(protocol is "GRPC" ? NotFound : null);
        unknown.Message.ShouldContain("failed to invoke, id: nobody, err: couldn't find service: nobody");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task the_sidecar_is_shut_down(string protocol)
    {
        var sidecar = endpoint.Embedded("it would be gone for the other tests");

        await endpoint.UseAsync(protocol, "sidecar", "shutdown");

        await sidecar.ShutdownRequested.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
    }

    private async Task<string> ETagAsync(string protocol, string key) =>
        (string)(await endpoint.UseAsync(protocol, "state", "getBulk", Store, new[] { key }))![0]!["etag"]!;

    private Task<JsonNode?> SaveIfAsync(string protocol, string key, string value, string etag) =>
        endpoint.UseAsync(protocol, "state", "save", Store, new object[] { new { key, value, etag, options = new { concurrency = FirstWrite, consistency = Strong } } });

    private static string Json(JsonNode? node) => node?.ToJsonString(Relaxed) ?? "null";

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
