using Sidecar.Faults;
using Sidecar.Http;

namespace Tests.Unit.Sidecar.PubSub;

/// <summary>Errors of publish, and bulk publish, as recorded from daprd 1.18.</summary>
public sealed class PublishTests
{
    private readonly PublisherFixture _fixture = new();

    [Fact]
    public async Task an_unknown_component_is_404()
    {
        var error = (await _fixture.PublishAsync("{}", "application/json", pubsub: "nope")).Error.ShouldNotBeNull();

        (error.Status, error.ErrorCode, error.Message).ShouldBe((404, "ERR_PUBSUB_NOT_FOUND", "pubsub nope is not found"));
        error.Details.ShouldHaveSingleItem().ShouldBeOfType<ErrorInfo>().Reason.ShouldBe("DAPR_PUBSUB_NOT_FOUND");
    }

    [Fact]
    public async Task half_a_surrogate_pair_in_a_name_becomes_the_replacement_character()
    {
        var result = await _fixture.PublishAsync("""{"\ud800":1,"a\n\u0062\ud83d\ude00":{"\udc00x":2}}""", "application/json");

        result.Error.ShouldBeNull();
        _fixture.Envelope().ShouldContain("\"data\":{\"a\\nb\ud83d\ude00\":{\"\ufffdx\":2},\"\ufffd\":1}");

        (await _fixture.PublishAsync("""{"id":"1","\ud800":1}""", "application/cloudevents+json")).Error.ShouldBeNull();
        _fixture.Envelope(1).ShouldContain("\"\ufffd\":1");
    }

    [Fact]
    public async Task a_broker_that_fails_is_500_with_its_reason()
    {
        _fixture.Break("disk full");

        var error = (await _fixture.PublishAsync("{}", "application/json")).Error.ShouldNotBeNull();

        (error.Status, error.ErrorCode).ShouldBe((500, "ERR_PUBSUB_PUBLISH_MESSAGE"));
        error.Message.ShouldBe("error when publishing to topic plain in pubsub pubsub: disk full");
    }

    [Fact]
    public async Task fault_injection_refuses_with_500_and_stores_nothing()
    {
        var fixture = new PublisherFixture(new FaultOptions { Refuse = 1 }.Create());

        (await fixture.PublishAsync("{}", "application/json")).Error!.Status.ShouldBe(500);
        fixture.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task bulk_entries_are_wrapped_each_by_its_content_type()
    {
        var result = await _fixture.BulkAsync(
            """
            [{"entryId":"1","event":"first","contentType":"text/plain"},
             {"entryId":"2","event":{"b":2,"a":1.50},"contentType":"application/json","metadata":{"k":"v"}},
             {"entryId":"3","event":{"id":"i","type":"t","source":"s","specversion":"1.0","time":"2020-01-02T03:04:05Z"},"contentType":"application/cloudevents+json"},
             {"entryId":"4","event":"AAH/","contentType":"application/octet-stream"}]
            """,
            new() { ["cloudevent.type"] = "of-the-request" });

        result.Error.ShouldBeNull();
        _fixture.Messages.Count.ShouldBe(4);
        _fixture.Envelope(0).ShouldStartWith("""{"data":"first","datacontenttype":"text/plain","id":"ID",""");
        _fixture.Envelope(0).ShouldEndWith("\"type\":\"com.dapr.event.sent\"}"); // the request's metadata does not reach it: it has none of its own
        _fixture.Envelope(1).ShouldStartWith("""{"data":{"a":1.50,"b":2},"datacontenttype":"application/json","id":"ID",""");
        _fixture.Envelope(1).ShouldEndWith("\"type\":\"of-the-request\"}");
        _fixture.Messages[1].Metadata["k"].ShouldBe("v");
        _fixture.Envelope(2).ShouldBe("""{"id":"i","pubsubname":"pubsub","source":"s","specversion":"1.0","time":"2020-01-02T03:04:05Z","topic":"plain","traceid":"","traceparent":"","tracestate":"","type":"t"}""");
        _fixture.Envelope(3).ShouldStartWith("""{"data_base64":"AAH/","datacontenttype":"application/octet-stream",""");
    }

    [Theory]
    [InlineData("""[{"entryId":"1","event":"a","contentType":"text/plain"},{"entryId":"1","event":"b","contentType":"text/plain"}]""", "DAPR_PUBSUB_MARSHAL_EVENTS", "error marshaling events to bytes for topic plain pubsub pubsub. error: entryId is duplicated or not present for entry")]
    [InlineData("""[{"event":"a","contentType":"text/plain"}]""", "DAPR_PUBSUB_MARSHAL_EVENTS", "error marshaling events to bytes for topic plain pubsub pubsub. error: entryId is duplicated or not present for entry")]
    [InlineData("{", "DAPR_PUBSUB_UNMARSHAL_EVENTS", "error when unmarshaling the request for topic plain pubsub pubsub: unexpected EOF")]
    [InlineData("{}", "DAPR_PUBSUB_UNMARSHAL_EVENTS", "error when unmarshaling the request for topic plain pubsub pubsub: json: cannot unmarshal object into Go value of type []http.bulkPublishMessageEntry")]
    [InlineData("""[{"entryId":"1","event":{"a":1},"contentType":"text/plain"}]""", "DAPR_PUBSUB_MARSHAL_ENVELOPE", "error when marshalling cloud event envelope for topic plain pubsub pubsub: error: mismatch between contentType and event")]
    [InlineData("""[{"entryId":"1","event":"a"}]""", "DAPR_PUBSUB_MARSHAL_ENVELOPE", "error when marshalling cloud event envelope for topic plain pubsub pubsub: error: mismatch between contentType and event")]
    public async Task a_malformed_bulk_publish_is_400_and_stores_nothing(string body, string reason, string message)
    {
        var error = (await _fixture.BulkAsync(body)).Error.ShouldNotBeNull();

        (error.Status, error.ErrorCode, error.Message).ShouldBe((400, "ERR_PUBSUB_EVENTS_SER", message));
        error.Details![1].ShouldBeOfType<ErrorInfo>().Reason.ShouldBe(reason);
        _fixture.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task one_malformed_cloudevent_refuses_the_whole_bulk()
    {
        var error = (await _fixture.BulkAsync(
            """[{"entryId":"1","event":"a","contentType":"text/plain"},{"entryId":"2","event":[],"contentType":"application/cloudevents+json"}]""")).Error;

        error!.Status.ShouldBe(500);
        _fixture.Messages.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task an_empty_bulk_is_accepted(string body)
    {
        (await _fixture.BulkAsync(body)).Error.ShouldBeNull();
        _fixture.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_broker_that_fails_fails_every_entry_of_a_bulk()
    {
        _fixture.Break("disk full");

        var result = await _fixture.BulkAsync("""[{"entryId":"1","event":"a","contentType":"text/plain"},{"entryId":"2","event":"b","contentType":"text/plain"}]""");

        result.Error!.Status.ShouldBe(500);
        result.FailedEntries!.Select(f => (f.EntryId, f.Error)).ShouldBe([("1", "disk full"), ("2", "disk full")]);
    }
}
