using Tests.Contract.Hosting;

namespace Tests.Contract.JavaScript;

/// <summary>The official JavaScript SDK as subscriber server; messages are published by the SDK too, by HTTP and by gRPC.</summary>
public sealed class JavaScriptSubscriberTests(JavaScriptSubscriber app) : IClassFixture<JavaScriptSubscriber>
{
    private const int Retries = 3;

    public static TheoryData<string> Protocols => ["HTTP", "GRPC"];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task objects_texts_and_cloud_events_arrive_as_they_were_sent(string protocol)
    {
        var mark = DaprFixture.Key("plain");
        var cloudEvent = new { specversion = "1.0", type = "t", source = "s", id = mark, data = new { kind = "event", mark }, datacontenttype = "application/json" };

        await app.PublishAsync(protocol, "plain", new { kind = "object", mark });
        await app.PublishAsync(protocol, "plain", $"{mark} text");
        await app.PublishAsync(protocol, "plain", cloudEvent);

        (await app.WaitAsync("plain", data => data.Contains(mark), 3)).ShouldBe(
            [$$"""{"kind":"object","mark":"{{mark}}"}""", $"\"{mark} text\"", $$"""{"kind":"event","mark":"{{mark}}"}"""], ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task several_messages_are_published_at_once(string protocol)
    {
        var mark = DaprFixture.Key("many");

        (await app.PublishBulkAsync(protocol, "plain", [.. Enumerable.Range(0, 20).Select(n => new { mark, n })]))!.AsArray().ShouldBeEmpty();

        (await app.WaitAsync("plain", data => data.Contains(mark), 20)).Order(StringComparer.Ordinal).ShouldBe(
            Enumerable.Range(0, 20).Select(n => $$"""{"mark":"{{mark}}","n":{{n}}}""").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task a_rule_chooses_the_route(string protocol)
    {
        var mark = DaprFixture.Key("routed");

        await app.PublishAsync(protocol, "routed", $"{mark} 1", Metadata("cloudevent.type", "order.placed"));
        await app.PublishAsync(protocol, "routed", $"{mark} 2", Metadata("cloudevent.type", "order.cancelled"));

        (await app.WaitAsync("routed/placed", data => data.Contains(mark), 1)).ShouldBe([$"\"{mark} 1\""]);
        (await app.WaitAsync("routed/others", data => data.Contains(mark), 1)).ShouldBe([$"\"{mark} 2\""]);
    }

    [Fact]
    public async Task what_is_answered_with_retry_comes_again_until_it_succeeds()
    {
        var (mark, next) = (DaprFixture.Key("flaky"), DaprFixture.Key("next"));

        await app.PublishAsync("GRPC", "flaky", mark);
        await app.WaitAsync("flaky", data => data.Contains(mark), 3);
        await app.PublishAsync("GRPC", "flaky", next);
        await app.WaitAsync("flaky", data => data.Contains(next), 1);

        (await app.ReceivedAsync("flaky")).ShouldBe([$"\"{mark}\"", $"\"{mark}\"", $"\"{mark}\"", $"\"{next}\""]);
    }

    [Fact]
    public async Task what_is_never_accepted_ends_in_the_dead_letter_topic()
    {
        var mark = DaprFixture.Key("refused");

        await app.PublishAsync("GRPC", "refused", new { mark });

        (await app.WaitAsync("refused-dead", data => data.Contains(mark), 1)).ShouldBe([$$"""{"mark":"{{mark}}"}"""]);
        (await app.ReceivedAsync("refused")).Count(data => data.Contains(mark)).ShouldBe(1 + Retries);
    }

    [Fact]
    public async Task what_is_dropped_is_not_tried_again_and_ends_in_the_dead_letter_topic()
    {
        var mark = DaprFixture.Key("dropped");

        await app.PublishAsync("HTTP", "dropped", mark);

        (await app.WaitAsync("dropped-dead", data => data.Contains(mark), 1)).ShouldBe([$"\"{mark}\""]);
        (await app.ReceivedAsync("dropped")).Count(data => data.Contains(mark)).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task raw_payloads_arrive_without_an_envelope_of_their_own(string protocol)
    {
        var mark = DaprFixture.Key("raw");

        await app.PublishAsync(protocol, "raw", new { mark, n = 1 }, Metadata("rawPayload", "true"));

        (await app.WaitAsync("raw", data => data.Contains(mark), 1)).ShouldBe([$$"""{"mark":"{{mark}}","n":1}"""]);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task bulk_subscriptions_get_every_message(string protocol)
    {
        var mark = DaprFixture.Key("bulk");

        await app.PublishBulkAsync(protocol, "bulk", [.. Enumerable.Range(0, 25).Select(n => new { mark, n })]);

        (await app.WaitAsync("bulk", data => data.Contains(mark), 25)).Order(StringComparer.Ordinal).ShouldBe(
            Enumerable.Range(0, 25).Select(n => $$"""{"mark":"{{mark}}","n":{{n}}}""").Order(StringComparer.Ordinal));
    }

    public static TheoryData<string, string> Verbs => new(
        from protocol in Protocols
        from verb in new[] { "get", "post", "put", "patch", "delete" }
        select (protocol.Data, verb));

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task its_methods_are_invoked(string protocol, string verb)
    {
        var appId = (string)(await app.UseAsync("HTTP", "metadata", "get"))!["id"]!;

        var answer = await app.UseAsync(protocol, "invoker", "invoke", appId, "echo", verb, verb is "get" ? null : new { n = 1 });

        ((string)answer!["method"]!).ShouldBe(verb);
        ((string)answer["query"]!).ShouldBe("/echo");
        if (verb is not "get")
        {
            ((int)answer["body"]!["n"]!).ShouldBe(1);
        }
    }

    private static object Metadata(string name, string value) =>
        new { metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value } };
}
