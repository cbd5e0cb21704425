using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Resources;
using Sidecar.Telemetry;
using Tests.Contract.Hosting;
using Tests.Servers;

namespace Tests.Contract.Telemetry;

/// <summary>Where spans go, and that calls go on where they cannot.</summary>
public sealed class ExporterTests(DaprFixture dapr)
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Sampled = $"00-{TraceId}-b7ad6b7169203331-01";

    [Fact]
    public async Task calls_go_on_while_nobody_listens_and_the_lost_spans_are_counted()
    {
        dapr.Embedded("its spans go elsewhere");
        await using var sidecar = await EmbeddedSidecar.StartAsync(
            new SidecarOptions { TracingSamplingRate = 1, Zipkin = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}/api/v2/spans") });

        for (var i = 0; i < 20; i++)
        {
            (await sidecar.Client.GetAnswerAsync("/v1.0/metadata")).Status.ShouldBe(200);
        }

        await Eventually.HoldsAsync(() => Task.FromResult(sidecar.Runtime.Telemetry.Tracer.Lost == 20), () => $"{sidecar.Runtime.Telemetry.Tracer.Lost} were lost.");
    }

    [Fact]
    public async Task calls_go_on_while_the_collector_hangs_and_what_waits_is_sent_once_it_answers()
    {
        dapr.Embedded("its spans go elsewhere");
        await using var zipkin = await FakeZipkin.StartAsync(hangs: true);
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { TracingSamplingRate = 1, Zipkin = zipkin.Address });

        (await sidecar.Client.GetAnswerAsync("/v1.0/metadata")).Status.ShouldBe(200);
        await zipkin.Asked.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        for (var i = 0; i < 20; i++)
        {
            (await sidecar.Client.GetAnswerAsync("/v1.0/metadata")).Status.ShouldBe(200);
        }
        zipkin.Spans.ShouldBeEmpty();
        zipkin.Answering.SetResult();

        await Eventually.HoldsAsync(() => Task.FromResult(zipkin.Spans.Count == 21), () => $"{zipkin.Spans.Count} spans came.");
        sidecar.Runtime.Telemetry.Tracer.Lost.ShouldBe(0);
    }

    [Fact]
    public async Task of_more_spans_than_can_wait_the_rest_is_lost_and_counted()
    {
        await using var zipkin = await FakeZipkin.StartAsync(hangs: true);
        await using var telemetry = AppTelemetry.Open("app", new TracingSettings(1) { Zipkin = zipkin.Address }, TimeProvider.System, NullLoggerFactory.Instance);
        for (var i = 0; i < 20_000; i++)
        {
            telemetry.Tracer.Start(TraceContext.ForRequest(null, null, 1), "s", ActivityKind.Client)!.End();
        }

        telemetry.Tracer.Lost.ShouldBeInRange(20_000 - 8192 - 512, 20_000 - 8192);
        zipkin.Answering.SetResult();
    }

    [Fact]
    public async Task the_last_spans_are_sent_at_a_stop()
    {
        await using var zipkin = await FakeZipkin.StartAsync();
        var telemetry = AppTelemetry.Open("app", new TracingSettings(1) { Zipkin = zipkin.Address }, TimeProvider.System, NullLoggerFactory.Instance);
        telemetry.Tracer.Start(TraceContext.ForRequest(Sampled, null, 1), "last", ActivityKind.Client)!.End();

        await telemetry.DisposeAsync();

        zipkin.Spans.Single().Name.ShouldBe("last");
    }

    [Fact]
    public async Task by_otlp_over_http_the_same_ids_go_out_with_headers_and_resource()
    {
        var got = new TaskCompletionSource<(string Path, string Key, byte[] Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var collector = await ListenAsync(got);
        var settings = new TracingSettings(1)
        {
            Otel = new OtelSettings(new Uri(collector.Urls.First()).Authority, OtelProtocol.Http, IsSecure: false) { Headers = [new("x-key", "a b")] },
        };
        var trace = TraceContext.ForRequest(Sampled, null, 1);
        await using (var telemetry = AppTelemetry.Open("app-otlp", settings, TimeProvider.System, NullLoggerFactory.Instance))
        {
            telemetry.Tracer.Start(trace, "CallLocal/b/x", ActivityKind.Server)!.Tag("dapr.api", "y").End();
            telemetry.Tracer.Start(TraceContext.ForRequest(null, null, 1), "root", ActivityKind.Client)!.End();
        }

        var (path, key, body) = await got.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        (path, key).ShouldBe(("/v1/traces", "a b"));
        var hex = Convert.ToHexStringLower(body);
        hex.ShouldContain(TraceId);
        hex.ShouldContain(trace.SpanId);
        hex.ShouldContain("b7ad6b7169203331");
        foreach (var text in new[] { "app-otlp", "CallLocal/b/x", "dapr-diagnostics", "dapr.api" })
        {
            hex.ShouldContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)), Case.Sensitive, text);
        }
    }

    [Fact]
    public async Task on_stdout_each_span_is_a_line_of_the_log()
    {
        var log = new KeptLog();
        await using (var telemetry = AppTelemetry.Open("app", new TracingSettings(1) { Stdout = true }, TimeProvider.System, log))
        {
            telemetry.Tracer.Start(TraceContext.ForRequest(Sampled, null, 1), "pubsub/t", ActivityKind.Client)!.End();
        }

        log.Has($"[pubsub/t] Trace: {TraceId} Span: b7ad6b7169203331/").ShouldBeTrue();
    }

    private static async Task<WebApplication> ListenAsync(TaskCompletionSource<(string, string, byte[])> got)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            got.TrySetResult((http.Request.Path, http.Request.Headers["x-key"].ToString(), body.ToArray()));
            http.Response.StatusCode = StatusCodes.Status200OK;
        });
        await app.StartAsync();
        return app;
    }
}
