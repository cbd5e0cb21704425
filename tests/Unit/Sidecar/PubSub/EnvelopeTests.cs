using Sidecar.Telemetry;

namespace Tests.Unit.Sidecar.PubSub;

/// <summary>Envelopes byte for byte as daprd 1.18 delivered them for the same publish requests.</summary>
public sealed class EnvelopeTests
{
    private const string Full =
        """{"specversion": "1.0", "type": "my.type", "source": "my/source", "id": "id-1", "subject": "subj", "time": "2020-01-02T03:04:05Z", "datacontenttype": "application/json", "dataschema": "http://s", "myext": "ext", "data": {"x": 1}}""";

    private const string FullDelivered =
        """{"data":{"x":1},"datacontenttype":"application/json","dataschema":"http://s","id":"id-1","myext":"ext","pubsubname":"pubsub","source":"my/source","specversion":"1.0","subject":"subj","time":"2020-01-02T03:04:05Z","topic":"plain","traceid":"","traceparent":"","tracestate":"","type":"my.type"}""";

    private readonly PublisherFixture _fixture = new();

    [Theory]
    [InlineData("""{"orderId":42,"n":1.50,"s":"é<&>"}""", "application/json", """{"data":{"n":1.50,"orderId":42,"s":"é\u003c\u0026\u003e"},"datacontenttype":"application/json",""")]
    [InlineData("""{"a":1}""", "application/json; charset=utf-8", """{"data":{"a":1},"datacontenttype":"application/json; charset=utf-8",""")]
    [InlineData("""{"a":1}""", null, """{"data":"{\"a\":1}","datacontenttype":"text/plain",""")]
    [InlineData("\"hello\"", "application/json", """{"data":"hello","datacontenttype":"application/json",""")]
    [InlineData("42", "application/json", """{"data":42,"datacontenttype":"application/json",""")]
    [InlineData("[1,2]", "application/json", """{"data":[1,2],"datacontenttype":"application/json",""")]
    [InlineData("null", "application/json", """{"data":null,"datacontenttype":"application/json",""")]
    [InlineData("true", "application/json", """{"data":true,"datacontenttype":"application/json",""")]
    [InlineData("{\"a\":", "application/json", """{"data":"{\"a\":","datacontenttype":"application/json",""")]
    [InlineData("", "application/json", """{"data":"","datacontenttype":"application/json",""")]
    [InlineData("", null, """{"data":"","datacontenttype":"text/plain",""")]
    [InlineData("hello ☃", "text/plain", """{"data":"hello ☃","datacontenttype":"text/plain",""")]
    [InlineData("<a>1</a>", "application/xml", """{"data":"\u003ca\u003e1\u003c/a\u003e","datacontenttype":"application/xml",""")]
    [InlineData("""{"a":1}""", "application/vnd.x+json", """{"data":"{\"a\":1}","datacontenttype":"application/vnd.x+json",""")]
    public async Task a_payload_is_wrapped_by_its_content_type(string body, string? contentType, string expectedStart)
    {
        (await _fixture.PublishAsync(body, contentType)).Error.ShouldBeNull();

        _fixture.Envelope().ShouldBe(expectedStart
            + "\"id\":\"ID\"" + ""","pubsubname":"pubsub","source":"app-c","specversion":"1.0","time":"2026-11-20T10:07:49Z","topic":"plain","traceid":"","traceparent":"","tracestate":"","type":"com.dapr.event.sent"}""");
    }

    [Fact]
    public async Task bytes_are_wrapped_as_base64()
    {
        await _fixture.PublishAsync([0, 1, 0xff], "application/octet-stream");

        _fixture.Envelope().ShouldStartWith("""{"data_base64":"AAH/","datacontenttype":"application/octet-stream","id":"ID",""");
    }

    [Theory]
    [InlineData("""{"b":{"z":1,"a":2},"a":[{"d":1,"c":2}]}""", """{"a":[{"c":2,"d":1}],"b":{"a":2,"z":1}}""")]
    [InlineData("""{"a":1,"b":2,"a":3}""", """{"a":3,"b":2}""")]
    [InlineData("""{"n":12345678901234567890.10,"e":1E+2}""", """{"e":1E+2,"n":12345678901234567890.10}""")]
    [InlineData("""{"s":"\u0041\/\u00e9\ud83d\ude00\ud800\n\u0001"}""", """{"s":"A/é😀�\n\u0001"}""")]
    [InlineData(""" {"a" : 1 } trailing""", """{"a":1}""")]
    public async Task json_is_written_again_as_go_writes_it(string body, string expected)
    {
        await _fixture.PublishAsync(body, "application/json");

        _fixture.Envelope().ShouldStartWith($$"""{"data":{{expected}},"datacontenttype":""");
    }

    [Theory]
    [InlineData(Full, FullDelivered)]
    [InlineData("""{"data": {"x": 1}}""", """{"data":{"x":1},"pubsubname":"pubsub","source":"Dapr","specversion":"1.0","time":"2026-11-20T10:07:49Z","topic":"plain","traceid":"","traceparent":"","tracestate":"","type":"com.dapr.event.sent"}""")]
    [InlineData("""{"specversion": "1.0", "type": "t", "source": "s", "id": "i"}""", """{"id":"i","pubsubname":"pubsub","source":"s","specversion":"1.0","time":"2026-11-20T10:07:49Z","topic":"plain","traceid":"","traceparent":"","tracestate":"","type":"t"}""")]
    [InlineData("""{"specversion": "0.3", "type": "t", "source": "s", "id": "i", "data": 1}""", """{"data":1,"id":"i","pubsubname":"pubsub","source":"s","specversion":"0.3","time":"2026-11-20T10:07:49Z","topic":"plain","traceid":"","traceparent":"","tracestate":"","type":"t"}""")]
    [InlineData("""{"specversion": "1.0", "type": "t", "source": "s", "id": "i", "datacontenttype": "application/octet-stream", "data_base64": "AAH/"}""", """{"data_base64":"AAH/","datacontenttype":"application/octet-stream","id":"i","pubsubname":"pubsub","source":"s","specversion":"1.0","time":"2026-11-20T10:07:49Z","topic":"plain","traceid":"","traceparent":"","tracestate":"","type":"t"}""")]
    [InlineData("{}", """{"pubsubname":"pubsub","source":"Dapr","specversion":"1.0","time":"2026-11-20T10:07:49Z","topic":"plain","traceid":"","traceparent":"","tracestate":"","type":"com.dapr.event.sent"}""")]
    [InlineData("""{"type": null, "subject": null, "aggregateversion": 7}""", """{"aggregateversion":7,"pubsubname":"pubsub","source":"Dapr","specversion":"1.0","subject":null,"time":"2026-11-20T10:07:49Z","topic":"plain","traceid":"","traceparent":"","tracestate":"","type":"com.dapr.event.sent"}""")]
    [InlineData("""{"topic": "zzz", "pubsubname": "qqq", "traceid": "tid", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=b", "type": "t", "source": "s", "specversion": "1.0", "time": "2020-01-02T03:04:05Z"}""", """{"pubsubname":"pubsub","source":"s","specversion":"1.0","time":"2020-01-02T03:04:05Z","topic":"plain","traceid":"tid","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","tracestate":"a=b","type":"t"}""")]
    public async Task a_cloudevent_is_completed_and_keeps_its_own_fields(string body, string expected)
    {
        (await _fixture.PublishAsync(body, "application/cloudevents+json")).Error.ShouldBeNull();

        _fixture.Envelope().ShouldBe(expected);
    }

    [Fact]
    public async Task a_cloudevent_with_a_charset_is_one_too()
    {
        await _fixture.PublishAsync(Full, "application/cloudevents+json; charset=utf-8");

        _fixture.Envelope().ShouldBe(FullDelivered);
    }

    [Theory]
    [InlineData("{\"specversion\":", "unexpected EOF")]
    [InlineData("", "EOF")]
    [InlineData("[]", "json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("{nope", "invalid character 'n' looking for beginning of object key string")]
    public async Task a_malformed_cloudevent_is_500(string body, string reason)
    {
        var error = (await _fixture.PublishAsync(body, "application/cloudevents+json")).Error.ShouldNotBeNull();

        error.Status.ShouldBe(500);
        error.ErrorCode.ShouldBe("ERR_PUBSUB_CLOUD_EVENTS_SER");
        error.Message.ShouldBe("cannot create cloudevent");
        var info = error.Details![1].ShouldBeOfType<global::Sidecar.Http.ErrorInfo>();
        info.Reason.ShouldBe("DAPR_PUBSUB_CLOUD_EVENT_CREATION");
        info.Metadata.ShouldBe(new Dictionary<string, string> { ["appID"] = "app-c", ["error"] = reason });
        _fixture.Messages.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("application/json", "{}", PublisherFixture.Parent)]
    [InlineData("application/cloudevents+json", "{}", PublisherFixture.Parent)]
    [InlineData("application/cloudevents+json", """{"traceparent":"00-11111111111111111111111111111111-2222222222222222-01"}""", PublisherFixture.Parent)]
    public async Task the_requests_trace_goes_into_the_envelope(string contentType, string body, string expected)
    {
        await _fixture.PublishAsync(body, contentType, trace: new TraceContext(PublisherFixture.Parent, "vendor=1"));

        _fixture.Envelope().ShouldContain($"\"traceid\":\"{expected}\",\"traceparent\":\"{expected}\",\"tracestate\":\"vendor=1\"");
    }

    [Fact]
    public async Task metadata_overrides_fields_of_a_wrapped_payload()
    {
        var metadata = new Dictionary<string, string>
        {
            ["cloudevent.type"] = "qt", ["cloudevent.id"] = "qid", ["cloudevent.source"] = "qs", ["cloudevent.subject"] = "qsub", ["cloudevent.foo"] = "bar",
        };
        await _fixture.PublishAsync("""{"a":1}""", "application/json", metadata);

        _fixture.Envelope().ShouldBe("""{"data":{"a":1},"datacontenttype":"application/json","id":"qid","pubsubname":"pubsub","source":"qs","specversion":"1.0","subject":"qsub","time":"2026-11-20T10:07:49Z","topic":"plain","traceid":"","traceparent":"","tracestate":"","type":"qt"}""");
        _fixture.Messages[0].Metadata.ShouldBe(metadata);
    }

    [Fact]
    public async Task metadata_does_not_override_fields_of_a_cloudevent()
    {
        await _fixture.PublishAsync(Full, "application/cloudevents+json", new() { ["cloudevent.type"] = "qt", ["cloudevent.id"] = "qid" });

        _fixture.Envelope().ShouldBe(FullDelivered);
    }

    [Theory]
    [InlineData("ttlInSeconds", "60", "2026-11-20T10:08:49Z")]
    [InlineData("TTLINSECONDS", "60", "2026-11-20T10:08:49Z")]
    [InlineData("ttl", "1m30s", "2026-11-20T10:09:19Z")]
    public async Task a_time_to_live_becomes_an_expiration(string name, string value, string expiration)
    {
        await _fixture.PublishAsync("""{"a":1}""", "application/json", new() { [name] = value });

        _fixture.Envelope().ShouldContain($"\"datacontenttype\":\"application/json\",\"expiration\":\"{expiration}\",\"id\":");
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("")]
    public async Task a_malformed_time_to_live_is_ignored(string value)
    {
        (await _fixture.PublishAsync("""{"a":1}""", "application/json", new() { ["ttlInSeconds"] = value })).Error.ShouldBeNull();

        _fixture.Envelope().ShouldNotContain("expiration");
    }

    [Theory]
    [InlineData("""{"a": 1}""", "application/json")]
    [InlineData("hello", "text/plain")]
    [InlineData("""{"specversion": "1.0"}""", "application/cloudevents+json")]
    public async Task a_raw_payload_is_stored_as_it_is(string body, string contentType)
    {
        await _fixture.PublishAsync(body, contentType, new() { ["rawPayload"] = "true" });

        _fixture.Envelope().ShouldBe(body);
    }

    [Fact]
    public async Task a_raw_payload_switch_that_is_no_boolean_is_400()
    {
        var error = (await _fixture.PublishAsync("{}", "application/json", new() { ["rawPayload"] = "bogus" })).Error.ShouldNotBeNull();

        error.Status.ShouldBe(400);
        error.ErrorCode.ShouldBe("ERR_PUBSUB_REQUEST_METADATA");
        error.Message.ShouldBe("failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is 'bogus'");
    }

    [Fact]
    public async Task bytes_that_are_not_text_become_replacement_characters()
    {
        await _fixture.PublishAsync([(byte)'a', 0xff, (byte)'b'], "text/plain");
        await _fixture.PublishAsync([(byte)'"', 0xff, (byte)'"'], "application/json");

        _fixture.Envelope().ShouldStartWith("""{"data":"a�b",""");
        _fixture.Envelope(1).ShouldStartWith("""{"data":"�",""");
    }
}
