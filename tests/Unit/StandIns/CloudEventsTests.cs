using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Tests.Unit.StandIns;

public sealed class CloudEventsTests
{
    private const string Structured = "application/cloudevents+json";

    // As a real Dapr delivers it, see golden c_publish_envelope.
    private const string Delivered =
        """{"data":{"orderId":"o-1"},"datacontenttype":"application/json","id":"id-1","pubsubname":"pubsub","source":"app-c","specversion":"1.0","time":"2026-11-20T10:07:45Z","topic":"orders","traceid":"00-1","traceparent":"00-1","tracestate":"","type":"order.placed.v1"}""";

    [Fact]
    public async Task an_endpoint_gets_the_data_as_its_body()
    {
        (await EchoAsync(Delivered)).ShouldBe("""application/json 17 {"orderId":"o-1"}""");
    }

    [Fact]
    public async Task an_endpoint_binds_the_data_to_its_parameter()
    {
        await using var app = await TestApp.StartAsync(app =>
        {
            app.UseCloudEvents();
            app.MapPost("/", (Placed placed) => placed.OrderId);
        });

        (await PostAsync(app, Delivered, Structured)).ShouldBe("o-1");
    }

    [Fact]
    public async Task a_charset_of_the_envelope_is_heeded()
    {
        const string text = """{"data":"ä"}""";

        (await EchoAsync(text, Structured + "; charset=utf-8")).ShouldBe("application/json 4 \"ä\"");
        (await EchoAsync(text, Structured + "; charset=utf-16", encoding: Encoding.Unicode))
            .ShouldBe("application/json 4 \"ä\"");
    }

    [Theory]
    [InlineData("""{"data":"hello","datacontenttype":"text/plain"}""", "text/plain 5 hello")]
    [InlineData("""{"data":"hello","datacontenttype":"text/plain; charset=utf-16"}""", "text/plain 5 hello")]
    [InlineData("""{"data":"hello","datacontenttype":"application/json"}""", "application/json 7 \"hello\"")]
    [InlineData("""{"data":"hello","datacontenttype":"application/x+json"}""", "application/x+json 7 \"hello\"")]
    [InlineData("""{"data":"hello"}""", "application/json 7 \"hello\"")]
    [InlineData("""{"data":{"a":1},"datacontenttype":"text/plain"}""", "text/plain 7 {\"a\":1}")]
    [InlineData("""{"DATA":null}""", "application/json 4 null")]
    [InlineData("""{"data_base64":"aGVsbG8=","datacontenttype":"application/octet-stream"}""", "application/octet-stream 5 hello")]
    [InlineData("""{"id":"1"}""", " 0 ")]
    public async Task the_body_follows_the_datas_content_type(string envelope, string expected)
    {
        (await EchoAsync(envelope)).ShouldBe(expected);
    }

    [Fact]
    public async Task text_stays_a_json_text_where_decoding_is_switched_off()
    {
        (await EchoAsync(
            """{"data":"hello","datacontenttype":"text/plain"}""",
            options: new CloudEventsMiddlewareOptions { SuppressJsonDecodingOfTextPayloads = true }))
            .ShouldBe("text/plain 7 \"hello\"");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/cloudevents-batch+json")]
    public async Task other_requests_stay_as_they_are(string contentType)
    {
        (await EchoAsync(Delivered, contentType)).ShouldEndWith(Delivered);
    }

    [Theory]
    [InlineData("""{"data":1,"data_base64":"aGVsbG8="}""")]
    [InlineData("""{"data_base64":"not base64"}""")]
    [InlineData("""{"data_base64":5}""")]
    [InlineData("""{"data":""")]
    [InlineData("[]")]
    public async Task a_malformed_envelope_is_a_bad_request(string envelope)
    {
        await using var app = await EchoAppAsync(new CloudEventsMiddlewareOptions());

        using var answer = await SendAsync(app, envelope, Structured);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task an_unknown_charset_is_a_bad_request()
    {
        await using var app = await EchoAppAsync(new CloudEventsMiddlewareOptions());

        using var answer = await SendAsync(app, "{}", Structured + "; charset=martian");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task attributes_become_headers_where_that_is_asked_for()
    {
        var all = await HeadersAsync(new CloudEventsMiddlewareOptions { ForwardCloudEventPropertiesAsHeaders = true });
        var some = await HeadersAsync(new CloudEventsMiddlewareOptions
        {
            ForwardCloudEventPropertiesAsHeaders = true,
            IncludedCloudEventPropertiesAsHeaders = ["TYPE"],
            ExcludedCloudEventPropertiesFromHeaders = ["type"],
        });
        var others = await HeadersAsync(new CloudEventsMiddlewareOptions
        {
            ForwardCloudEventPropertiesAsHeaders = true,
            ExcludedCloudEventPropertiesFromHeaders = ["type", "id", "time", "traceid", "tracestate"],
        });

        all.ShouldBe("cloudevent.id=id-1,cloudevent.source=app-c,cloudevent.specversion=1.0,"
            + "cloudevent.time=2026-11-20T10:07:45Z,cloudevent.topic=orders,cloudevent.traceid=00-1,"
            + "cloudevent.tracestate=,cloudevent.type=order.placed.v1");
        some.ShouldBe("cloudevent.type=order.placed.v1");
        others.ShouldBe("cloudevent.source=app-c,cloudevent.specversion=1.0,cloudevent.topic=orders");
        (await HeadersAsync(new CloudEventsMiddlewareOptions())).ShouldBe("");
    }

    [Fact]
    public async Task a_bulk_delivery_is_read_and_answered_entry_by_entry()
    {
        await using var app = await TestApp.StartAsync(app =>
        {
            app.UseCloudEvents();
            app.MapPost("/", (BulkSubscribeMessage<BulkMessageModel<Placed>> bulk) => new BulkSubscribeAppResponse(
            [
                .. bulk.Entries.Select(entry => new BulkSubscribeAppResponseEntry(
                    entry.EntryId,
                    entry.Event.Data.OrderId == "o-1"
                        ? BulkSubscribeAppResponseStatus.SUCCESS
                        : BulkSubscribeAppResponseStatus.DROP)),
            ]));
        });

        // As a real Dapr delivers it, see golden c_publish_envelope_redis_sampling1.
        var answer = await PostAsync(
            app,
            """{"entries":[{"entryId":"e1","event":{"data":{"orderId":"o-1"},"datacontenttype":"application/json","id":"1","type":"t"},"metadata":{},"contentType":"application/cloudevents+json"},{"entryId":"e2","event":{"data":{"orderId":"o-2"},"id":"2","type":"t"},"metadata":{},"contentType":"application/cloudevents+json"}],"id":"c008","metadata":{"pubsubName":"pubsub"},"pubsubname":"pubsub","topic":"bulk","type":"com.dapr.event.sent.bulk"}""",
            "application/json");

        answer.ShouldBe("""{"statuses":[{"entryId":"e1","status":"SUCCESS"},{"entryId":"e2","status":"DROP"}]}""");
    }

    private static async Task<string> HeadersAsync(CloudEventsMiddlewareOptions options)
    {
        await using var app = await TestApp.StartAsync(app =>
        {
            app.UseCloudEvents(options);
            app.MapPost("/", (HttpRequest request) => string.Join(',', request.Headers
                .Where(header => header.Key.StartsWith("cloudevent", StringComparison.OrdinalIgnoreCase))
                .Select(header => $"{header.Key.ToLowerInvariant()}={header.Value}")
                .Order(StringComparer.Ordinal)));
        });
        return await PostAsync(app, Delivered, Structured);
    }

    private static async Task<string> EchoAsync(
        string body,
        string contentType = Structured,
        CloudEventsMiddlewareOptions? options = null,
        Encoding? encoding = null)
    {
        await using var app = await EchoAppAsync(options ?? new CloudEventsMiddlewareOptions());
        return await PostAsync(app, body, contentType, encoding);
    }

    private static Task<TestApp> EchoAppAsync(CloudEventsMiddlewareOptions options) => TestApp.StartAsync(app =>
    {
        app.UseCloudEvents(options);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            await context.Response.WriteAsync($"{context.Request.ContentType} {context.Request.ContentLength} {body}");
        });
    });

    private static async Task<string> PostAsync(
        TestApp app, string body, string contentType, Encoding? encoding = null)
    {
        using var answer = await SendAsync(app, body, contentType, encoding);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<HttpResponseMessage> SendAsync(
        TestApp app, string body, string contentType, Encoding? encoding = null)
    {
        using var content = new ByteArrayContent((encoding ?? Encoding.UTF8).GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await app.Http.PostAsync("/", content);
    }

    internal sealed record Placed(string OrderId);
}
