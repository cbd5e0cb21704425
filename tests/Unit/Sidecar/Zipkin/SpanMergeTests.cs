using Sidecar.Zipkin.Spans;

namespace Tests.Unit.Sidecar.Zipkin;

public sealed class SpanMergeTests
{
    [Fact]
    public void parts_of_a_span_become_one_whatever_their_order()
    {
        var begin = Make.Span("1", "9", "orders", SpanKind.Server).At(1000).Tagged(("a", "1")) with { Annotations = [new Annotation(1500, "half")] };
        var end = Make.Span("1") with { Duration = 700, Name = "post", Tags = [new("b", "2")], Annotations = [new Annotation(1500, "half"), new Annotation(1200, "sooner")] };

        foreach (var parts in new[] { new[] { begin, end }, [end, begin], [begin, end, begin] })
        {
            var whole = SpanMerge.Merge(parts).Single();

            (whole.ParentId, whole.Kind, whole.Name, whole.Timestamp, whole.Duration, whole.Service)
                .ShouldBe((begin.ParentId, SpanKind.Server, "post", 1000, 700, "orders"));
            whole.Tags.OrderBy(t => t.Key, StringComparer.Ordinal).ShouldBe([new("a", "1"), new("b", "2")]);
            whole.Annotations.ShouldBe([new Annotation(1200, "sooner"), new Annotation(1500, "half")]);
        }
    }

    [Fact]
    public void client_and_server_of_one_id_stay_two_and_the_server_learns_that_it_shares()
    {
        var server = Make.Span("1", null, "orders", SpanKind.Server);
        var client = Make.Span("1", "9", "gateway", SpanKind.Client);

        var spans = SpanMerge.Merge([server, client]);

        spans.Select(s => (s.Service, s.Shared, s.ParentId)).ShouldBe([("gateway", null, client.ParentId), ("orders", true, client.ParentId)]);
    }

    [Fact]
    public void two_servers_that_share_one_id_stay_two()
    {
        var one = Make.Span("1", "9", "orders", SpanKind.Server) with { Shared = true };
        var other = Make.Span("1", "9", "invoices", SpanKind.Server) with { Shared = true };

        SpanMerge.Merge([one, other]).Count.ShouldBe(2);
    }

    [Fact]
    public void the_longest_trace_id_holds()
    {
        var spans = SpanMerge.Merge([Make.Span("1", trace: Make.Trace[16..]), Make.Span("2")]);

        spans.ShouldAllBe(s => s.TraceId == Make.Trace);
    }

    [Fact]
    public void the_tree_hangs_servers_below_their_clients_and_orphans_below_the_root()
    {
        var root = Make.Span("1", null, "gateway", SpanKind.Client).At(1);
        var shared = Make.Span("1", null, "orders", SpanKind.Server) with { Shared = true };
        var inside = Make.Span("2", "1", "orders");
        var orphan = Make.Span("3", "77", "invoices");

        var tree = SpanNode.Tree([orphan, inside, shared, root]);

        tree.Span!.Service.ShouldBe("gateway");
        tree.Children.Select(c => c.Span!.Service).ShouldBe(["invoices", "orders"]);
        tree.Children.Single(c => c.Span!.Service == "orders").Children.Single().Span!.Id.ShouldBe(inside.Id);
    }

    [Fact]
    public void spans_that_are_each_others_parents_end_the_walk_all_the_same()
    {
        var tree = SpanNode.Tree([Make.Span("1", "2"), Make.Span("2", "1"), Make.Span("3", "2")]);

        tree.BreadthFirst().Count().ShouldBe(3);
    }
}
