using Sidecar.Zipkin.Spans;
using Sidecar.Zipkin.Storing;

namespace Tests.Unit.Sidecar.Zipkin;

public sealed class TraceQueryTests
{
    private const long EndTs = 1_000_000;

    private static readonly Span[] Trace =
    [
        Make.Span("1", null, "gateway", SpanKind.Client, "orders").At(999_000_000, 5000) with { Name = "post /orders" },
        Make.Span("2", "1", "orders", SpanKind.Server).At(999_001_000, 3000).Tagged(("http.method", "POST"), ("error", "")) with
        {
            Name = "process", Annotations = [new Annotation(999_001_500, "committed")],
        },
    ];

    [Theory]
    [InlineData("gateway", null, null, null, null, null, true)]
    [InlineData("invoices", null, null, null, null, null, false)]
    [InlineData(null, "process", null, null, null, null, true)]
    [InlineData("gateway", "process", null, null, null, null, false)]
    [InlineData("orders", "process", null, null, null, null, true)]
    [InlineData("gateway", null, "orders", null, null, null, true)]
    [InlineData("orders", null, "orders", null, null, null, false)]
    [InlineData(null, null, null, "error", null, null, true)]
    [InlineData(null, null, null, "committed", null, null, true)]
    [InlineData(null, null, null, "http.method=POST and error", null, null, true)]
    [InlineData(null, null, null, "http.method=GET", null, null, false)]
    [InlineData(null, null, null, "committed and nowhere", null, null, false)]
    [InlineData("gateway", null, null, "error", null, null, false)]
    [InlineData(null, null, null, null, 5000L, null, true)]
    [InlineData(null, null, null, null, 5001L, null, false)]
    [InlineData("orders", null, null, null, 4000L, null, false)]
    [InlineData(null, null, null, null, 2000L, 4000L, true)]
    [InlineData(null, null, null, null, 3500L, 4000L, false)]
    public void every_condition_must_hold_somewhere_at_the_service_that_is_asked_for(
        string? service, string? name, string? remote, string? annotations, long? min, long? max, bool matches)
    {
        var query = new TraceQuery(EndTs, EndTs)
        {
            Service = service, SpanName = name, RemoteService = remote, Annotations = TraceQuery.ReadAnnotations(annotations), MinDuration = min, MaxDuration = max,
        };

        (query.Select([Trace]).Count == 1).ShouldBe(matches);
    }

    [Theory]
    [InlineData(EndTs, 1000, true)]
    [InlineData(EndTs, 999, false)]
    [InlineData(999_000, 1, true)]
    [InlineData(998_999, 1000, false)]
    public void a_trace_is_in_the_window_by_its_root(long endTs, long lookback, bool matches) =>
        (new TraceQuery(endTs, lookback).Select([Trace]).Count == 1).ShouldBe(matches);

    [Fact]
    public void a_trace_without_root_is_in_the_window_by_its_first_span() =>
        TraceQuery.Start([Make.Span("2", "1").At(7), Make.Span("3", "1").At(5), Make.Span("4", "1")]).ShouldBe(5);

    [Fact]
    public void results_are_latest_first_and_no_more_than_asked_for()
    {
        var traces = Enumerable.Range(1, 20).Select(i => (IReadOnlyList<Span>)[Make.Span("1").At(i * 1000)]).OrderBy(t => t[0].Timestamp % 7000);

        new TraceQuery(EndTs, EndTs) { Limit = 3 }.Select(traces).Select(t => t[0].Timestamp).ShouldBe([20_000, 19_000, 18_000]);
    }

    [Fact]
    public void conditions_are_split_as_zipkin_splits_them() =>
        TraceQuery.ReadAnnotations(" http.url = /a=b and error and  and error=x ").ShouldBe(
            new Dictionary<string, string> { ["http.url"] = "/a=b", ["error"] = "x" }, ignoreOrder: true);

    [Fact]
    public void parts_of_a_span_are_judged_together()
    {
        Span[] parts = [Make.Span("1", null, "orders").At(1000), Make.Span("1").Tagged(("error", "late"))];

        new TraceQuery(EndTs, EndTs) { Service = "orders", Annotations = TraceQuery.ReadAnnotations("error") }.Select([parts]).Count.ShouldBe(1);
    }
}
