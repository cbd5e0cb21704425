using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using ServiceDefaults.Hosting;
using ServiceDefaults.Problems;
using ServiceDefaults.Telemetry;

namespace Tests.Unit.ServiceDefaults.Telemetry;

/// <summary>An app as a whole, and a collector that speaks OTLP: what is sent, what is not, and that nothing depends on it.</summary>
public sealed class TracedAppTests : IAsyncDisposable
{
    private const string Recorded = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private readonly ConcurrentQueue<(string Path, string ContentType, byte[] Body)> received = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
    private readonly List<WebApplication> apps = [];

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }
    }

    [Fact]
    public async Task spans_go_out_by_OTLP_with_the_app_s_name_its_instance_and_the_route()
    {
        var app = await StartAsync(
            ("OTEL_TRACES_EXPORTER", "otlp"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", await CollectorAsync()),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test-bench"));

        await GetAsync(app, "/things/7", Recorded);
        await GetAsync(app, "/fails", Recorded);
        (await GetAsync(app, "/refused/7", Recorded)).ShouldBe(404);
        await app.StopAsync();

        var sent = received.Where(r => r.Path == "/v1/traces").ToList();
        sent.ShouldNotBeEmpty();
        sent.ShouldAllBe(r => r.ContentType == "application/x-protobuf");
        var text = string.Concat(sent.Select(r => Encoding.UTF8.GetString(r.Body)));
        foreach (var told in (string[])["GET /things/{id}", "/things/7", "GET /fails", "GET /refused/{id}", "orders", "orders-", "service.version", "test-bench"])
        {
            text.ShouldContain(told);
        }

        sent.All(r => r.Body.AsSpan().IndexOf(TraceIdBytes()) >= 0).ShouldBeTrue();
    }

    [Fact]
    public async Task probes_leave_no_trace_and_a_request_without_a_parent_begins_one()
    {
        var app = await StartAsync(
            ("OTEL_TRACES_EXPORTER", "otlp"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", await CollectorAsync()));

        await GetAsync(app, "/healthz");
        await GetAsync(app, "/healthz", Recorded);
        await GetAsync(app, "/things/8");
        await app.StopAsync();

        var text = string.Concat(received.Select(r => Encoding.UTF8.GetString(r.Body)));
        text.ShouldContain("/things/8");
        text.ShouldNotContain("healthz");
    }

    [Fact]
    public async Task metrics_go_out_by_OTLP_where_that_is_asked_for()
    {
        var app = await StartAsync(
            ("OTEL_TRACES_EXPORTER", "none"), ("OTEL_METRICS_EXPORTER", "otlp"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", await CollectorAsync()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));

        await GetAsync(app, "/things/9", Recorded);
        await app.StopAsync();

        received.ShouldNotBeEmpty();
        received.ShouldAllBe(r => r.Path == "/v1/metrics");
        Encoding.UTF8.GetString(received.First().Body).ShouldContain("http.server.request.duration");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("CONNECT")]
    public async Task metrics_are_read_by_GET_alone(string method)
    {
        var app = await StartAsync(("OTEL_TRACES_EXPORTER", "none"));
        var address = new Uri(app.Urls.Single());
        using var client = new TcpClient(address.Host, address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{method} /metrics HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: 0\r\n\r\n"));

        var answer = new byte["HTTP/1.1 405".Length];
        await client.GetStream().ReadExactlyAsync(answer);

        Encoding.ASCII.GetString(answer).ShouldBe("HTTP/1.1 405");
        (await GetAsync(app, "/metrics")).ShouldBe(200);
    }

    [Fact]
    public async Task a_collector_that_is_not_there_or_never_answers_disturbs_nothing_and_the_end_waits_for_it_only_shortly()
    {
        var silent = await StartCollectorAsync(http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted));
        foreach (var endpoint in (string[])["http://127.0.0.1:1/api/v2/spans", silent + "/api/v2/spans"])
        {
            var app = await StartAsync(("OTEL_EXPORTER_ZIPKIN_ENDPOINT", endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "10"));
            for (var i = 0; i < 20; i++)
            {
                (await GetAsync(app, "/things/1", Recorded)).ShouldBe(200);
            }

            await app.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public async Task switched_off_the_app_tells_nobody_and_still_passes_the_trace_on()
    {
        var app = await StartAsync(
            ("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "otlp"), ("OTEL_METRICS_EXPORTER", "otlp"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", await CollectorAsync()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));

        (await http.GetStringAsync(new Uri(new Uri(app.Urls.Single()), "/trace"))).ShouldStartWith("00-");
        await app.StopAsync();

        received.ShouldBeEmpty();
    }

    [Fact]
    public void a_wrong_setting_keeps_the_app_from_starting() => Should.Throw<SettingException>(
        () => Build(("OTEL_TRACES_EXPORTER", "jaeger"))).Message.ShouldStartWith("environment: OTEL_TRACES_EXPORTER: 'jaeger' is not known here.");

    [Theory]
    [InlineData(null, true)]
    [InlineData("false", false)]
    public async Task logs_show_traces_unless_told_not_to_in_the_format_that_is_configured(string? scopes, bool areShown)
    {
        await using var app = Build(("Logging:Console:FormatterName", "json"), ("Logging:Console:FormatterOptions:IncludeScopes", scopes));

        Options<ConsoleLoggerOptions>().FormatterName.ShouldBe("json");
        Options<JsonConsoleFormatterOptions>().IncludeScopes.ShouldBe(areShown);
        Options<SimpleConsoleFormatterOptions>().IncludeScopes.ShouldBe(areShown);

        T Options<T>() => app.Services.GetRequiredService<IOptionsMonitor<T>>().CurrentValue;
    }

    private static byte[] TraceIdBytes() => Convert.FromHexString(Recorded.Split('-')[1]);

    private async Task<string> CollectorAsync() => await StartCollectorAsync(async http =>
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        received.Enqueue((http.Request.Path, http.Request.ContentType ?? "", body.ToArray()));
    });

    private async Task<string> StartCollectorAsync(RequestDelegate handle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/{**path}", handle);
        await app.StartAsync();
        apps.Add(app);
        return app.Urls.Single();
    }

    private async Task<WebApplication> StartAsync(params (string Name, string? Value)[] variables)
    {
        var app = Build(variables);
        await app.StartAsync();
        return app;
    }

    private WebApplication Build(params (string Name, string? Value)[] variables)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(variables.Select(v => KeyValuePair.Create(v.Name, v.Value)));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddAppDefaults("orders");

        // Not without any: the framework begins a request's activity, recorded or not, where somebody logs.
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Critical);
        var app = builder.Build();
        apps.Add(app);
        app.MapGet("/healthz", () => "healthy");
        app.MapGet("/things/{id}", (string id) => id);
        app.MapGet("/fails", () => Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        app.UseProblemResponses();
        app.MapGet("/refused/{id}", string (string id) => throw RefusedException.NotFound("thing", id));
        app.MapGet("/trace", () => Activity.Current?.Id);
        app.MapMetrics();
        return app;
    }

    private async Task<int> GetAsync(WebApplication app, string path, string? traceparent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(app.Urls.Single()), path));
        if (traceparent is not null)
        {
            request.Headers.Add("traceparent", traceparent);
        }

        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
