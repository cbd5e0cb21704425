using System.Text.Json;
using Tests.Contract.Hosting;
using Tests.Contract.Recorded;

namespace Tests.Contract.Anywhere;

/// <summary>Publishing and what is delivered for it, on any Dapr.</summary>
public sealed class PublishAnywhereTests(AnyDapr dapr)
{
    [Theory]
    [InlineData("application/json", "{\"m\":\"MARK\"}", "{\"m\":\"MARK\"}", "application/json")]
    [InlineData("text/plain", "MARK", "\"MARK\"", "text/plain")]
    [InlineData(null, "MARK", "\"MARK\"", "text/plain")]
    public async Task a_message_arrives_in_an_envelope(string? contentType, string body, string data, string dataContentType)
    {
        var (client, app) = await dapr.GetAsync();
        var mark = AnyDapr.Mark();
        var id = (await client.GetAnswerAsync("/v1.0/metadata")).Json.GetProperty("id").GetString();

        var answer = await PublishAsync(client, "plain", body.Replace("MARK", mark, StringComparison.Ordinal), contentType);
        (answer.Status, answer.Body).ShouldBe((204, ""));

        var call = await OneAsync(app, "/plain", mark);
        call.Headers["Content-Type"].ShouldBe("application/cloudevents+json");
        call.Headers["Pubsubname"].ShouldBe("pubsub");
        var envelope = JsonDocument.Parse(call.Body).RootElement;
        envelope.GetProperty("data").GetRawText().ShouldBe(data.Replace("MARK", mark, StringComparison.Ordinal));
        (Text("datacontenttype"), Text("source"), Text("specversion"), Text("topic"), Text("pubsubname"), Text("type"))
            .ShouldBe((dataContentType, id, "1.0", "plain", "pubsub", "com.dapr.event.sent"));
        Guid.TryParse(Text("id"), out _).ShouldBeTrue();

        string? Text(string name) => envelope.GetProperty(name).GetString();
    }

    [Fact]
    public async Task a_cloud_event_keeps_its_id_type_and_source()
    {
        var (client, app) = await dapr.GetAsync();
        var mark = AnyDapr.Mark();

        await PublishAsync(
            client, "plain", $$"""{"specversion":"1.0","id":"{{mark}}","type":"t","source":"s","data":{"x":1} }""", "application/cloudevents+json");

        var envelope = JsonDocument.Parse((await OneAsync(app, "/plain", mark)).Body).RootElement;
        (envelope.GetProperty("id").GetString(), envelope.GetProperty("type").GetString(), envelope.GetProperty("source").GetString())
            .ShouldBe((mark, "t", "s"));
    }

    [Fact]
    public async Task a_raw_payload_arrives_as_it_is()
    {
        var (client, app) = await dapr.GetAsync();
        var mark = AnyDapr.Mark();

        await PublishAsync(client, "plain?metadata.rawPayload=true", $$"""{"specversion":"1.0","raw":"{{mark}}"}""", "application/json");

        (await OneAsync(app, "/plain", mark)).Body.ShouldBe($$"""{"specversion":"1.0","raw":"{{mark}}"}""");
    }

    [Theory]
    [InlineData("/v1.0/publish/bulk/pubsub/plain")]
    [InlineData("/v1.0-alpha1/publish/bulk/pubsub/plain")]
    public async Task every_entry_of_a_bulk_arrives(string path)
    {
        var (client, app) = await dapr.GetAsync();
        var mark = AnyDapr.Mark();

        var answer = await client.PostJsonAsync(path, $$"""
            [{"entryId":"1","event":"{{mark}} one","contentType":"text/plain"},
             {"entryId":"2","event":{"m":"{{mark}} two"},"contentType":"application/json"}]
            """);

        answer.Status.ShouldBe(204);
        await Eventually.HoldsAsync(() => Calls(app, "/plain", mark).Count == 2);
    }

    [Theory]
    [InlineData("SUCCESS", 1, 0)]
    [InlineData("RETRY", 3, 1)]
    [InlineData("DROP", 1, 1)]
    [InlineData("404", 1, 1)]
    [InlineData("503", 3, 1)]
    public async Task the_apps_reply_decides_about_retries_and_the_dead_letter_topic(string reply, int deliveries, int deadLetters)
    {
        var (client, app) = await dapr.GetAsync();
        var mark = AnyDapr.Mark();

        (await PublishAsync(client, $"reply-{reply}", $"\"{mark}\"", "application/json")).Status.ShouldBe(204);

        await Eventually.HoldsAsync(() => Calls(app, $"/reply/{reply}", mark).Count == deliveries && Calls(app, $"/dead/{reply}", mark).Count == deadLetters);
        if (deadLetters > 0)
        {
            Calls(app, $"/dead/{reply}", mark).Single().Body.ShouldBe(Calls(app, $"/reply/{reply}", mark)[0].Body);
        }
    }

    [Fact]
    public async Task mistakes_are_answered_with_code_message_and_details()
    {
        var (client, _) = await dapr.GetAsync();

        var unknown = await client.PostJsonAsync("/v1.0/publish/nope/plain", "{}");
        (unknown.Status, unknown.Body).ShouldBe((404,
            """{"errorCode":"ERR_PUBSUB_NOT_FOUND","message":"pubsub nope is not found","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":{},"reason":"DAPR_PUBSUB_NOT_FOUND"}]}"""));
        var malformed = await client.PostJsonAsync("/v1.0-alpha1/publish/bulk/pubsub/plain", "{");
        (malformed.Status, malformed.ErrorCode).ShouldBe((400, "ERR_PUBSUB_EVENTS_SER"));
        var notAnEvent = await PublishAsync(client, "plain", "{", "application/cloudevents+json");
        (notAnEvent.Status, notAnEvent.ErrorCode).ShouldBe((500, "ERR_PUBSUB_CLOUD_EVENTS_SER"));
    }

    private static Task<Answer> PublishAsync(HttpClient client, string topic, string body, string? contentType) =>
        client.SendAsync(HttpMethod.Post, $"/v1.0/publish/pubsub/{topic}", body, contentType is null ? [] : [("Content-Type", contentType)]);

    private static List<SeenCall> Calls(ScriptedApp app, string path, string mark) =>
        [.. app.All.Where(c => c.Path == path && c.Body.Contains(mark, StringComparison.Ordinal))];

    private static async Task<SeenCall> OneAsync(ScriptedApp app, string path, string mark)
    {
        await Eventually.HoldsAsync(() => Calls(app, path, mark).Count > 0);
        return Calls(app, path, mark).Single();
    }
}
