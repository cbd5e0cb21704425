#pragma warning disable CS0618 // The official package calls all of it obsolete; what stands in for it is tested here.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tests.Servers;

namespace Tests.Unit.StandIns.Zipkin;

public sealed class ZipkinExporterTests : IDisposable
{
    private readonly ActivitySource _source = new($"zipkin-{Interlocked.Increment(ref _instances)}", "1.2.3");
    private static int _instances;

    public void Dispose() => _source.Dispose();

    [Fact]
    public async Task a_span_is_written_field_by_field_as_the_official_exporter_does()
    {
        await using var collector = await FakeCollector.StartAsync();
        var start = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero).AddMicroseconds(5);
        var parent = new ActivityContext(
            ActivityTraceId.CreateFromString("0af7651916cd43dd8448eb211c80319c"), ActivitySpanId.CreateFromString("b7ad6b7169203331"), ActivityTraceFlags.Recorded);
        string id;
        using (Provider(collector))
        {
            using var activity = _source.StartActivity("send orders", ActivityKind.Producer, parent, startTime: start)!;
            id = activity.SpanId.ToHexString();
            activity.SetTag("messaging.system", "dapr").SetTag("count", 7).SetTag("share", 0.5).SetTag("retry", true).SetTag("lines", new object?[] { "a", 1, null, true, 2.5 });
            activity.SetTag("server.address", "broker").SetTag("nothing", null).SetTag("error", "hidden by the status").SetTag("otel.status_code", "hidden, too");
            activity.AddEvent(new ActivityEvent("committed", start.AddMilliseconds(2)));
            activity.SetStatus(ActivityStatusCode.Error, "no answer");
            activity.SetEndTime(start.AddMilliseconds(12.345).UtcDateTime);
        }

        collector.ContentType.ShouldBe("application/json; charset=utf-8");
        var span = JsonNode.Parse(collector.Spans.Single().GetRawText())!.AsObject();
        var local = span["localEndpoint"]!.AsObject();
        local["serviceName"]!.GetValue<string>().ShouldBe("orders-app");
        span.Remove("localEndpoint");
        JsonNode.DeepEquals(span, JsonNode.Parse($$"""
            {"traceId":"0af7651916cd43dd8448eb211c80319c","name":"send orders","parentId":"b7ad6b7169203331","id":"{{id}}","kind":"PRODUCER",
             "timestamp":1795262400000005,"duration":12345,"remoteEndpoint":{"serviceName":"broker"},
             "annotations":[{"timestamp":1795262400002005,"value":"committed"}],
             "tags":{"messaging.system":"dapr","count":"7","share":"0.5","retry":"true","lines":"[\u0022a\u0022,1,null,true,2.5]","server.address":"broker",
                     "otel.status_code":"ERROR","error":"no answer",
                     "otel.scope.name":"{{_source.Name}}","otel.library.name":"{{_source.Name}}","otel.scope.version":"1.2.3","otel.library.version":"1.2.3"}
            }
            """)).ShouldBeTrue(span.ToJsonString());
    }

    [Theory]
    [InlineData(ActivityKind.Server, "SERVER")]
    [InlineData(ActivityKind.Client, "CLIENT")]
    [InlineData(ActivityKind.Producer, "PRODUCER")]
    [InlineData(ActivityKind.Consumer, "CONSUMER")]
    [InlineData(ActivityKind.Internal, null)]
    public async Task kinds_are_zipkins_and_work_inside_of_a_process_has_none(ActivityKind kind, string? expected)
    {
        var span = await ExportAsync(_ => { }, kind);

        (span.TryGetProperty("kind", out var written) ? written.GetString() : null).ShouldBe(expected);
        span.TryGetProperty("parentId", out _).ShouldBeFalse();
        span.TryGetProperty("remoteEndpoint", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("peer.service=p;server.address=s;net.peer.name=n;db.name=d", "p")]
    [InlineData("server.address=s;net.peer.name=n;db.name=d", "s")]
    [InlineData("net.peer.name=n;network.peer.address=a;db.name=d", "n")]
    [InlineData("network.peer.address=10.0.0.1;network.peer.port=99;server.socket.domain=x", "10.0.0.1:99")]
    [InlineData("network.peer.port=99;server.socket.domain=x;server.socket.address=y", "x")]
    [InlineData("server.socket.address=y;net.sock.peer.name=z", "y")]
    [InlineData("net.sock.peer.addr=y;net.sock.peer.port=1;peer.hostname=h", "y:1")]
    [InlineData("peer.hostname=h;peer.address=a", "h")]
    [InlineData("peer.address=a;db.name=d", "a")]
    [InlineData("peer.service= ;db.name=d", "d")]
    [InlineData("other=o", null)]
    public async Task the_other_side_is_told_by_the_best_attribute(string tags, string? expected)
    {
        var span = await ExportAsync(
            activity =>
            {
                foreach (var tag in tags.Split(';'))
                {
                    activity.SetTag(tag.Split('=')[0], tag.Split('=')[1]);
                }
            },
            ActivityKind.Client);

        (span.TryGetProperty("remoteEndpoint", out var remote) ? remote.GetProperty("serviceName").GetString() : null).ShouldBe(expected);
    }

    [Fact]
    public async Task a_server_has_no_other_side()
    {
        var span = await ExportAsync(activity => activity.SetTag("server.address", "me"), ActivityKind.Server);

        span.TryGetProperty("remoteEndpoint", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task an_error_without_words_is_marked_all_the_same_and_a_success_is_told()
    {
        (await ExportAsync(a => a.SetStatus(ActivityStatusCode.Error))).GetProperty("tags").GetProperty("error").GetString().ShouldBe("");
        var good = (await ExportAsync(a => a.SetStatus(ActivityStatusCode.Ok))).GetProperty("tags");
        good.GetProperty("otel.status_code").GetString().ShouldBe("OK");
        good.TryGetProperty("error", out _).ShouldBeFalse();
        var by = (await ExportAsync(a => a.SetTag("otel.status_code", "ERROR").SetTag("otel.status_description", "why"))).GetProperty("tags");
        by.GetProperty("error").GetString().ShouldBe("why");
    }

    [Fact]
    public async Task a_tag_that_cannot_be_read_is_left_out_and_the_others_stay()
    {
        var tags = (await ExportAsync(a => a.SetTag("bad", new Unspeakable()).SetTag("good", "yes"))).GetProperty("tags");

        tags.TryGetProperty("bad", out _).ShouldBeFalse();
        tags.GetProperty("good").GetString().ShouldBe("yes");
    }

    [Fact]
    public async Task long_and_strange_texts_arrive_whole()
    {
        var text = new string('x', 100_000) + "\u0000\"\\é😀\ud800";

        var tags = (await ExportAsync(a => a.SetTag("text", text))).GetProperty("tags");

        tags.GetProperty("text").GetString().ShouldBe(text[..^1] + "\ufffd");
    }

    [Fact]
    public async Task short_trace_ids_are_the_right_half()
    {
        await using var collector = await FakeCollector.StartAsync();
        string id;
        using (Provider(collector, o => o.UseShortTraceIds = true))
        {
            using var activity = _source.StartActivity("work")!;
            id = activity.TraceId.ToHexString();
        }

        collector.Spans.Single().GetProperty("traceId").GetString().ShouldBe(id[16..]);
    }

    [Fact]
    public async Task a_batch_is_one_request_however_small_its_chunks()
    {
        await using var collector = await FakeCollector.StartAsync();
        using (Provider(collector, o => o.MaxPayloadSizeInBytes = 100))
        {
            for (var i = 0; i < 50; i++)
            {
                _source.StartActivity("work")!.Dispose();
            }
        }

        collector.Spans.Count.ShouldBe(50);
        collector.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task sending_spans_makes_no_spans()
    {
        await using var collector = await FakeCollector.StartAsync();
        var seen = new ConcurrentQueue<string>();
        using (var provider = Sdk.CreateTracerProviderBuilder().AddSource(_source.Name, "System.Net.Http").AddProcessor(new Seen(seen))
            .AddZipkinExporter(o => o.Endpoint = collector.Endpoint).Build())
        {
            _source.StartActivity("work")!.Dispose();
            provider.ForceFlush();
            _source.StartActivity("more")!.Dispose();
        }

        collector.Spans.Count.ShouldBe(2);
        seen.ShouldBe(["work", "more"]);
        collector.HadTraceparent.ShouldBeFalse();
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("500")]
    [InlineData("silent")]
    public async Task a_collector_that_does_not_take_spans_costs_them_and_one_line_and_nothing_else(string how)
    {
        await using var collector = await FakeCollector.StartAsync(how == "500" ? StatusCodes.Status500InternalServerError : 202, silent: how == "silent");
        using var lines = new Lines();
        var endpoint = how == "refused" ? new Uri($"http://127.0.0.1:{LoopbackPort.Free()}/api/v2/spans") : collector.Endpoint;
        var options = new ZipkinExporterOptions { Endpoint = endpoint, BatchExportProcessorOptions = new() { ExporterTimeoutMilliseconds = 200 } };
        using var exporter = new ZipkinExporter(options);
        using var activity = new Activity("work").Start();
        activity.Stop();

        var result = exporter.Export(new Batch<Activity>([activity], 1));

        result.ShouldBe(ExportResult.Failure);
        lines.All.Count(l => l.StartsWith("Failed to export activities", StringComparison.Ordinal) && l.Contains(how == "500" ? "500" : "", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void the_environment_says_where_spans_go_and_how_they_are_batched()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("OTEL_EXPORTER_ZIPKIN_ENDPOINT", "http://zipkin:1234/spans"), new("OTEL_BSP_SCHEDULE_DELAY", "77"), new("OTEL_BSP_MAX_QUEUE_SIZE", "99"),
        ]).Build();
        ZipkinExporterOptions? seen = null;

        using var provider = Sdk.CreateTracerProviderBuilder().ConfigureServices(s => s.AddSingleton<IConfiguration>(configuration))
            .AddZipkinExporter(o => seen = o).Build();

        seen!.Endpoint.ShouldBe(new Uri("http://zipkin:1234/spans"));
        seen.BatchExportProcessorOptions.ScheduledDelayMilliseconds.ShouldBe(77);
        seen.BatchExportProcessorOptions.MaxQueueSize.ShouldBe(99);
    }

    [Fact]
    public void without_a_word_or_with_a_wrong_one_the_default_holds()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_EXPORTER_ZIPKIN_ENDPOINT", "not an address")]).Build();
        ZipkinExporterOptions? seen = null;

        using var provider = Sdk.CreateTracerProviderBuilder().ConfigureServices(s => s.AddSingleton<IConfiguration>(configuration))
            .AddZipkinExporter(o => seen = o).Build();

        seen!.Endpoint.ShouldBe(new Uri("http://localhost:9411/api/v2/spans"));
        (seen.MaxPayloadSizeInBytes, seen.ExportProcessorType, seen.UseShortTraceIds).ShouldBe((4096, ExportProcessorType.Batch, false));
    }

    [Fact]
    public async Task two_exporters_by_name_have_options_of_their_own()
    {
        await using var one = await FakeCollector.StartAsync();
        await using var two = await FakeCollector.StartAsync();
        using (Sdk.CreateTracerProviderBuilder().AddSource(_source.Name)
            .AddZipkinExporter("one", o => o.Endpoint = one.Endpoint).AddZipkinExporter("two", o => o.Endpoint = two.Endpoint).Build())
        {
            _source.StartActivity("work")!.Dispose();
        }

        (one.Spans.Count, two.Spans.Count).ShouldBe((1, 1));
    }

    [Fact]
    public async Task the_applications_client_factory_makes_the_client()
    {
        await using var collector = await FakeCollector.StartAsync();
        var factory = new NamedClients();
        using (Sdk.CreateTracerProviderBuilder().ConfigureServices(s => s.AddSingleton<IHttpClientFactory>(factory)).AddSource(_source.Name)
            .AddZipkinExporter(o => o.Endpoint = collector.Endpoint).Build())
        {
            _source.StartActivity("work")!.Dispose();
        }

        factory.Asked.ShouldBe(["ZipkinExporter"]);
        collector.Spans.Count.ShouldBe(1);
    }

    private TracerProvider Provider(FakeCollector collector, Action<ZipkinExporterOptions>? configure = null) =>
        Sdk.CreateTracerProviderBuilder().ConfigureResource(r => r.AddService("orders-app")).AddSource(_source.Name)
            .AddZipkinExporter(o =>
            {
                o.Endpoint = collector.Endpoint;
                configure?.Invoke(o);
            }).Build();

    private async Task<JsonElement> ExportAsync(Action<Activity> describe, ActivityKind kind = ActivityKind.Internal)
    {
        await using var collector = await FakeCollector.StartAsync();
        using (Provider(collector))
        {
            // Without what runs the test as its parent.
            Activity.Current = null;
            using var activity = _source.StartActivity("work", kind)!;
            describe(activity);
        }

        return collector.Spans.Single();
    }

    private sealed class Unspeakable
    {
        public override string ToString() => throw new InvalidOperationException("no words");
    }

    private sealed class Seen(ConcurrentQueue<string> names) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => names.Enqueue(data.DisplayName);
    }

    private sealed class NamedClients : IHttpClientFactory
    {
        public List<string> Asked { get; } = [];

        public HttpClient CreateClient(string name)
        {
            Asked.Add(name);
            return new HttpClient();
        }
    }

    private sealed class Lines : EventListener
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public IReadOnlyCollection<string> All => _lines;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-Zipkin")
            {
                EnableEvents(eventSource, EventLevel.Warning);
            }
        }

        // Only this test's own: other tests have exporters, too, and this one exports on its own thread.
        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (Environment.CurrentManagedThreadId == _thread)
            {
                _lines.Enqueue(string.Format(eventData.Message!, [.. eventData.Payload!]));
            }
        }
    }
}
