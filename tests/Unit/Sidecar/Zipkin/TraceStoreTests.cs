using System.Globalization;
using System.Text;
using Sidecar.Zipkin;
using Sidecar.Zipkin.Spans;
using Sidecar.Zipkin.Storing;

namespace Tests.Unit.Sidecar.Zipkin;

public sealed class TraceStoreTests(ITestOutputHelper output)
{
    [Fact]
    public void the_traces_that_came_first_leave_first_and_whole_with_their_names()
    {
        var store = new TraceStore(spansMax: 4);
        store.Add([Of(1, "1", "old"), Of(1, "2", "both"), Of(2, "1", "both"), Of(2, "2", "new")]);

        store.Add([Of(3, "1", "newest")]);

        store.Find(Id(1)).ShouldBeEmpty();
        store.Find(Id(2)).Count.ShouldBe(2);
        store.Services().ShouldBe(["both", "new", "newest"]);
        store.SpanNames("old").ShouldBeEmpty();
        store.Count.ShouldBe(3);
    }

    [Fact]
    public void what_comes_late_joins_its_trace()
    {
        var store = new TraceStore();
        store.Add([Of(1, "1", "a"), Of(2, "1", "b")]);

        store.Add([Of(1, "2", "c")]);

        store.Find(Id(1)).Select(s => s.Service).ShouldBe(["a", "c"]);
    }

    [Fact]
    public void ids_of_64_and_128_bits_meet()
    {
        var store = new TraceStore();
        store.Add([Make.Span("1"), Make.Span("2", trace: Make.Trace[16..])]);

        store.Find(Make.Trace).Count.ShouldBe(2);
        store.Find(Make.Trace[16..]).Count.ShouldBe(2);
        store.All().Count.ShouldBe(1);
    }

    [Fact]
    public void bytes_are_bounded_too()
    {
        var store = new TraceStore(bytesMax: 100_000);
        for (var i = 1; i <= 100; i++)
        {
            store.Add([Of(i, "1", "a").Tagged(("text", new string('x', 5000)))]);
        }

        store.Bytes.ShouldBeInRange(1, 100_000);
        store.Count.ShouldBe(9);
        store.Find(Id(100)).Count.ShouldBe(1);
    }

    [Fact]
    public void one_trace_without_end_leaves_room_for_others()
    {
        var store = new TraceStore(spansMax: 100, spansOfTraceMax: 10);
        store.Add([Of(1, "1", "a")]);
        store.Add(Enumerable.Range(1, 1000).Select(i => Of(2, i.ToString("x", CultureInfo.InvariantCulture), "b")));

        store.Find(Id(1)).Count.ShouldBe(1);
        store.Find(Id(2)).Count.ShouldBe(10);
    }

    [Fact]
    public void one_span_above_the_limit_leaves_an_empty_store()
    {
        var store = new TraceStore(bytesMax: 1000);
        store.Add([Of(1, "1", "a").Tagged(("text", new string('x', 5000)))]);

        (store.Count, store.Bytes, store.Services().Count, store.All().Count).ShouldBe((0, 0, 0, 0));
    }

    [Fact]
    public async Task writers_and_readers_at_once_leave_a_consistent_index()
    {
        var store = new TraceStore(spansMax: 500);
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                store.Add([Of((i % 300) + 1, $"{w + 1}", $"service-{i % 7}") with { Name = $"name-{i % 5}" }]);
                store.Services().Count.ShouldBeLessThanOrEqualTo(7);
                store.Find(Id((i % 300) + 1)).ShouldAllBe(s => s != null);
            }
        }));

        await Task.WhenAll(writers);

        var kept = store.All().SelectMany(t => t).ToList();
        kept.Count.ShouldBe(store.Count);
        kept.Count.ShouldBeLessThanOrEqualTo(500);
        store.Services().ShouldBe(kept.Select(s => s.Service!).Distinct().Order(StringComparer.Ordinal));
        foreach (var service in store.Services())
        {
            store.SpanNames(service).ShouldBe(kept.Where(s => s.Service == service).Select(s => s.Name!).Distinct().Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void a_full_store_takes_no_more_memory_than_it_estimates()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var store = Full();
        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;

        output.WriteLine($"{store.Count} spans: {taken >> 20} MiB taken, {store.Bytes >> 20} MiB by estimate");
        store.Count.ShouldBeInRange(ZipkinLimits.SpansMax - 50, ZipkinLimits.SpansMax);
        taken.ShouldBeLessThan(store.Bytes);
        GC.KeepAlive(store);
    }

    // More than it holds, as an exporter writes them.
    private static TraceStore Full()
    {
        var (store, reader) = (new TraceStore(), new SpanReader(new SharedTexts()));
        for (var trace = 1; trace <= 2500; trace++)
        {
            var spans = Enumerable.Range(1, 50).Select(i => $$$"""
                {"traceId":"{{{Id(trace)}}}","id":"{{{i:x}}}","parentId":"{{{i + 1:x}}}","name":"post /orders","timestamp":{{{trace * 1000 + i}}},"duration":12,"kind":"SERVER",
                 "localEndpoint":{"serviceName":"orders","ipv4":"127.0.0.1"},"tags":{"http.request.method":"POST","http.route":"/orders/{id}","url.path":"/orders/{{{trace}}}-{{{i}}}",
                 "http.response.status_code":"202","server.address":"localhost","server.port":"5101","network.protocol.version":"1.1","url.scheme":"http","user_agent.original":"cli",
                 "messaging.message.id":"{{{Guid.Empty}}}-{{{trace}}}-{{{i}}}","otel.scope.name":"Microsoft.AspNetCore","otel.library.name":"Microsoft.AspNetCore"}}
                """);
            store.Add(reader.Read(Encoding.UTF8.GetBytes($"[{string.Join(',', spans)}]")));
        }

        return store;
    }

    private static string Id(int trace) => trace.ToString("x16", CultureInfo.InvariantCulture);

    private static Span Of(int trace, string id, string service) => Make.Span(id, service: service, trace: Id(trace)) with { Name = $"of-{service}" };
}
