using Sidecar.Zipkin.Spans;

namespace Tests.Unit.Sidecar.Zipkin;

/// <summary>The rules of zipkin2.internal.DependencyLinker, one by one.</summary>
public sealed class DependencyLinkerTests
{
    [Fact]
    public void a_call_with_both_sides_counts_once_by_the_servers_name() =>
        Links(Make.Span("1", null, "gateway", SpanKind.Client, remote: "10.0.0.1"), Make.Span("2", "1", "orders", SpanKind.Server))
            .ShouldBe([new("gateway", "orders", 1, 0)]);

    [Fact]
    public void a_call_whose_server_is_silent_counts_by_the_name_that_the_client_gives() =>
        Links(Make.Span("1", null, "orders", SpanKind.Client, remote: "sqlite")).ShouldBe([new("orders", "sqlite", 1, 0)]);

    [Fact]
    public void a_root_server_counts_only_where_it_names_its_client()
    {
        Links(Make.Span("1", null, "gateway", SpanKind.Server)).ShouldBeEmpty();
        Links(Make.Span("1", null, "gateway", SpanKind.Server, remote: "app")).ShouldBe([new("app", "gateway", 1, 0)]);
    }

    [Fact]
    public void work_inside_of_a_service_is_passed_over() =>
        Links(
            Make.Span("1", null, "gateway", SpanKind.Server), Make.Span("2", "1", "gateway"), Make.Span("3", "2", "gateway", SpanKind.Client),
            Make.Span("4", "3", "orders", SpanKind.Server)).ShouldBe([new("gateway", "orders", 1, 0)]);

    [Fact]
    public void messages_count_only_to_and_from_a_broker_that_is_named()
    {
        Links(Make.Span("1", null, "orders", SpanKind.Producer, remote: "redis"), Make.Span("2", "1", "invoices", SpanKind.Consumer, remote: "redis"))
            .ShouldBe([new("orders", "redis", 1, 0), new("redis", "invoices", 1, 0)]);
        Links(Make.Span("1", null, "orders", SpanKind.Producer), Make.Span("2", "1", "invoices", SpanKind.Consumer)).ShouldBeEmpty();
    }

    [Fact]
    public void a_failure_on_either_side_is_one_failed_call()
    {
        Links(Make.Span("1", null, "gateway", SpanKind.Client).Failed(), Make.Span("2", "1", "orders", SpanKind.Server).Failed())
            .ShouldBe([new("gateway", "orders", 1, 1)]);
        Links(Make.Span("1", null, "gateway", SpanKind.Client).Failed(), Make.Span("2", "1", "orders", SpanKind.Server))
            .ShouldBe([new("gateway", "orders", 1, 1)]);
    }

    [Fact]
    public void a_service_that_only_calls_on_is_linked_to_who_called_it() =>
        Links(Make.Span("1", null, "gateway", SpanKind.Server), Make.Span("2", "1", "orders", SpanKind.Client, remote: "invoices"))
            .ShouldBe([new("gateway", "orders", 1, 0), new("orders", "invoices", 1, 0)], ignoreOrder: true);

    [Fact]
    public void a_span_of_no_kind_counts_where_it_names_both_sides()
    {
        Links(Make.Span("1", null, "orders", remote: "files")).ShouldBe([new("orders", "files", 1, 0)]);
        Links(Make.Span("1", null, "orders")).ShouldBeEmpty();
    }

    [Fact]
    public void calls_of_several_traces_add_up()
    {
        var linker = new DependencyLinker();
        linker.Add([Make.Span("1", null, "a", SpanKind.Client, remote: "b")]);
        linker.Add([Make.Span("1", null, "a", SpanKind.Client, remote: "b").Failed()]);

        linker.Links.ShouldBe([new("a", "b", 2, 1)]);
    }

    private static IEnumerable<DependencyLink> Links(params Span[] trace)
    {
        var linker = new DependencyLinker();
        linker.Add(trace);
        return linker.Links;
    }
}
