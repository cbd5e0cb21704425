using System.Text;
using Sidecar.Zipkin.Spans;

namespace Tests.Unit.Sidecar.Zipkin;

public sealed class SpanReaderTests
{
    [Fact]
    public void every_field_is_read()
    {
        var span = Read("""
            [{"traceId":"5af7183fb1d4cf5f","id":"352bff9a74ca9ad2","parentId":"6b221d5bc9e6496c","name":"Get /Api","timestamp":1556604172355737,"duration":1431,
              "kind":"SERVER","localEndpoint":{"serviceName":"Backend","ipv4":"192.168.99.1","port":3306},"remoteEndpoint":{"ipv6":"2001:db8::c001","port":58648},
              "tags":{"http.method":"GET","n":7},"annotations":[{"timestamp":1556604172355740,"value":"ws"}],"debug":true,"shared":true,"later":{"a":[1]}}]
            """).Single();

        span.Tags.ShouldBe([new("http.method", "GET"), new("n", "7")]);
        span.Annotations.ShouldBe([new Annotation(1556604172355740, "ws")]);
        (span with { Tags = [], Annotations = [] }).ShouldBe(new Span
        {
            TraceId = "5af7183fb1d4cf5f", Id = "352bff9a74ca9ad2", ParentId = "6b221d5bc9e6496c", Name = "get /api", Timestamp = 1556604172355737, Duration = 1431,
            Kind = SpanKind.Server, Local = new SpanEndpoint("backend", "192.168.99.1", null, 3306), Remote = new SpanEndpoint(null, null, "2001:db8::c001", 58648),
            Debug = true, Shared = true, Tags = [], Annotations = [],
        });
    }

    [Theory]
    [InlineData("1", "0000000000000001")]
    [InlineData("00000000000000005af7183fb1d4cf5f", "5af7183fb1d4cf5f")]
    [InlineData("af7651916cd43dd8448eb211c80319c", "0af7651916cd43dd8448eb211c80319c")]
    public void trace_ids_have_16_or_32_digits(string given, string expected) =>
        Read($$"""[{"traceId":"{{given}}","id":"1"}]""").Single().TraceId.ShouldBe(expected);

    [Fact]
    public void slips_are_undone_and_what_is_empty_is_absent()
    {
        var span = Read("""[{"traceId":"1","id":"2","parentId":"2","kind":"CLIENT","shared":true,"name":"","localEndpoint":{"serviceName":""},"duration":-1,"tags":null}]""").Single();

        (span.ParentId, span.Shared, span.Name, span.Local, span.Duration).ShouldBe((null, null, null, null, 0));
        Read("""[{"traceId":"1","id":"2","parentId":"0000000000000000"}]""").Single().ParentId.ShouldBeNull();
    }

    [Theory]
    [InlineData("{}", "Expected a JSON_V2 encoded list")]
    [InlineData("", "span 0")]
    [InlineData("[1]", "Expected a span")]
    [InlineData("[{\"id\":\"1\"}]", "traceId is missing")]
    [InlineData("[{\"traceId\":\"1\"}]", "id is missing")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"2\"},{\"traceId\":\"\",\"id\":\"2\"}]", "span 1: traceId is empty")]
    [InlineData("[{\"traceId\":\"000\",\"id\":\"2\"}]", "traceId is all zeros")]
    [InlineData("[{\"traceId\":\"ABC\",\"id\":\"2\"}]", "traceId should be lower-hex encoded with no prefix")]
    [InlineData("[{\"traceId\":\"100000000000000000000000000000001\",\"id\":\"2\"}]", "traceId.length > 32")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"10000000000000001\"}]", "id.length > 16")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"0\"}]", "id is all zeros")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"1\",\"kind\":\"server\"}]", "'server' is no kind")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"1\",\"timestamp\":\"soon\"}]", "Expected a whole number")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"1\",\"tags\":{\"a\":null}}]", "tag a has no value")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"1\",\"tags\":{\"a\":{}}}]", "Expected a string")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"1\",\"annotations\":[{\"value\":\"a\"}]}]", "an annotation needs timestamp and value")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"1\",\"debug\":\"yes\"}]", "span 0")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"1\"}", "span 1")]
    [InlineData("[]]", "span 0")]
    [InlineData("[{\"traceId\":\"1\",\"id\":\"1\",\"name\":\"\\ud800\"}]", "span 0")]
    public void what_is_no_list_of_spans_is_refused_with_the_reason(string body, string reason) =>
        Should.Throw<SpanFormatException>(() => Read(body)).Message.ShouldContain(reason);

    [Fact]
    public void nesting_without_end_is_refused() =>
        Should.Throw<SpanFormatException>(() => Read($$"""[{"traceId":"1","id":"1","x":{{new string('[', 5000)}}""")).Message.ShouldContain("span 0");

    [Fact]
    public void any_cut_of_a_good_body_is_refused_or_shorter_but_never_breaks()
    {
        var body = Encoding.UTF8.GetBytes("""[{"traceId":"1","id":"2","kind":"CLIENT","localEndpoint":{"serviceName":"a"},"tags":{"k":"v"},"annotations":[{"timestamp":1,"value":"x"}]}]""");
        for (var length = 0; length < body.Length; length++)
        {
            Should.Throw<SpanFormatException>(() => new SpanReader(new SharedTexts()).Read(body.AsSpan(0, length)));
        }
    }

    [Fact]
    public void equal_texts_are_kept_once()
    {
        var spans = Read("""[{"traceId":"1","id":"2","name":"post"},{"traceId":"1","id":"3","name":"post"}]""");

        ReferenceEquals(spans[0].Name, spans[1].Name).ShouldBeTrue();
    }

    private static List<Span> Read(string json) => new SpanReader(new SharedTexts()).Read(Encoding.UTF8.GetBytes(json));
}
