using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Tests.Unit.Sidecar.Hosting;

/// <summary>The host as its users meet it: real processes, signals and ports.</summary>
public sealed class HostProcessTests : IDisposable
{
    private readonly RunFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly int _appPort = RunFolder.FreePort();
    private readonly int _httpPort = RunFolder.FreePort();

    public HostProcessTests() =>
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals and process groups are those of Unix");

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task an_app_gets_what_dapr_run_sets_and_its_lines_are_prefixed()
    {
        await using var host = Start("env: {COLOUR: blue}");
        await host.ReadyAsync();

        await host.LineAsync("^== APP - orders == APP_ID=orders$");
        await host.LineAsync($"^== APP - orders == APP_PORT={_appPort}$");
        await host.LineAsync("^== APP - orders == APP_PROTOCOL=http$");
        await host.LineAsync("^== APP - orders == APP_CHANNEL_ADDRESS=127.0.0.1$");
        await host.LineAsync($"^== APP - orders == DAPR_HTTP_PORT={_httpPort}$");
        await host.LineAsync(@"^== APP - orders == DAPR_GRPC_PORT=\d+$");
        await host.LineAsync(@"^== APP - orders == DAPR_METRICS_PORT=\d+$");
        await host.LineAsync($"^== APP - orders == DATA_DIR={_folder.In("data")}$");
        await host.LineAsync("^== APP - orders == COLOUR=blue$");
        await host.LineAsync($"^== APP - orders == pid=[0-9]+ directory=.*{Path.GetFileName(_folder.Path)}/app$");
        await host.LineAsync(@"^\d{4}-\d\d-\d\dT[0-9:.]+Z INFO  orders app ready$");
    }

    [Fact]
    public async Task sigterm_stops_the_apps_in_order_and_exits_with_0()
    {
        await using var host = Start();
        await host.ReadyAsync();
        var app = await AppIdAsync(host);

        host.Signal("TERM");

        (await host.ExitAsync()).ShouldBe(0);
        await host.LineAsync("== APP - orders == stopping");
        HostProcess.IsAlive(app).ShouldBeFalse();
        host.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task an_app_that_ignores_sigterm_is_killed_after_a_while()
    {
        await using var host = Start("env: {STUBBORN: 1, SPAWN: 1}");
        await host.ReadyAsync();
        var child = await NumberAsync(host, @"child=(\d+)");

        host.Signal("TERM");

        (await host.ExitAsync()).ShouldBe(0);
        await host.LineAsync("WARN  orders app did not end within 5 s");
        await Eventually.HoldsAsync(() => !HostProcess.IsAlive(child));
    }

    [Fact]
    public async Task no_process_survives_a_host_that_is_killed()
    {
        await using var host = Start("env: {SPAWN: 1, STUBBORN: 1}");
        await host.ReadyAsync();
        var app = await AppIdAsync(host);
        var child = await NumberAsync(host, @"child=(\d+)");
        HostProcess.IsAlive(app).ShouldBeTrue();
        HostProcess.IsAlive(child).ShouldBeTrue();

        host.Signal("KILL");

        await Eventually.HoldsAsync(() => !HostProcess.IsAlive(app) && !HostProcess.IsAlive(child));
    }

    [Fact]
    public async Task an_app_that_exits_is_told_and_the_others_go_on()
    {
        await using var host = Start(more: $$"""
              - appID: leaver
                appDirPath: app
                appPort: {{RunFolder.FreePort()}}
                command: {{RunFolder.TestAppCommand}}
                env: {EXIT_CODE: 7}
            """);

        await host.LineAsync("ERROR leaver app exited with code 7; it is not restarted");
        await host.LineAsync("^== APP - leaver == leaving$");
        await host.LineAsync("INFO  orders app ready");
        (await _http.GetStringAsync($"http://127.0.0.1:{_appPort}/hello")).ShouldBe("hello from orders");
        host.Count("all apps ready").ShouldBe(0);
    }

    [Fact]
    public async Task an_app_restarted_by_hand_is_ready_again_and_asked_again()
    {
        await using var host = Start();
        await host.ReadyAsync();
        HostProcess.Signal(await AppIdAsync(host), "KILL");
        await host.LineAsync("app exited with code 137");

        using var again = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "TestApp.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["APP_PORT"] = $"{_appPort}", ["APP_ID"] = "orders" },
        })!;
        try
        {
            await Eventually.HoldsAsync(() => host.Count("INFO  orders app ready") == 2);
            var asked = await _http.GetFromJsonAsync<string[]>($"http://127.0.0.1:{_appPort}/asked");
            asked.ShouldBe(["/dapr/config", "/dapr/subscribe"]);
        }
        finally
        {
            again.Kill();
            await again.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task health_checks_decide_whether_an_app_gets_work()
    {
        await using var host = Start(
            "enableAppHealthCheck: true\n    appHealthProbeInterval: 1\n    appHealthProbeTimeout: 1000\n    appHealthThreshold: 2");
        await host.ReadyAsync();

        await _http.PostAsync(new Uri($"http://127.0.0.1:{_appPort}/healthy/false"), content: null);
        await host.LineAsync("WARN  orders app is unhealthy after 2 failed probes");

        await _http.PostAsync(new Uri($"http://127.0.0.1:{_appPort}/healthy/true"), content: null);
        await Eventually.HoldsAsync(() => host.Count("INFO  orders app ready") >= 2);
    }

    [Fact]
    public async Task a_taken_port_is_one_line_and_exit_code_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, _httpPort);
        taken.Start();
        await using var host = Start();

        (await host.ExitAsync()).ShouldBe(1);
        host.Errors.ShouldHaveSingleItem().ShouldStartWith($"ports already in use: {_httpPort} (orders daprHTTPPort).");
        host.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_data_directory_serves_one_host_at_a_time_and_is_free_after_a_kill()
    {
        await using var first = Start();
        await first.ReadyAsync();
        using var other = new RunFolder();
        other.WithRunFile("version: 1\ncommon: {resourcesPaths: [resources]}\napps: [{appID: lonely, appDirPath: app}]\n");
        await using (var second = new HostProcess("-f", other.RunFile, "--data-dir", _folder.In("data")))
        {
            (await second.ExitAsync()).ShouldBe(1);
            second.Errors.ShouldHaveSingleItem().ShouldBe(
                $"the data directory '{_folder.In("data")}' is in use by another sidecar. "
                + "Stop that one, or choose another directory with --data-dir.");
        }

        first.Signal("KILL");
        await first.ExitAsync();
        await using var third = new HostProcess("-f", other.RunFile, "--data-dir", _folder.In("data"));
        await third.ReadyAsync();
    }

    [Theory]
    [InlineData("daprHttpPort: 3500", "dapr.yaml: apps[0].daprHttpPort: is unknown or not supported.")]
    [InlineData("configFilePath: none.yaml", "none.yaml: (file): cannot be read")]
    public async Task a_mistake_in_a_file_is_one_line_and_exit_code_1(string field, string problem)
    {
        await using var host = Start(field);

        (await host.ExitAsync()).ShouldBe(1);
        host.Errors.ShouldHaveSingleItem().ShouldContain(problem);
    }

    [Fact]
    public async Task an_unknown_component_type_says_where_the_embedded_ones_are()
    {
        _folder.With("resources/pubsub.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: pubsub}
            spec: {type: pubsub.kafka}
            """);
        await using var host = Start();

        (await host.ExitAsync()).ShouldBe(1);
        var error = host.Errors.ShouldHaveSingleItem();
        error.ShouldContain(
            "pubsub.yaml: spec.type: the embedded sidecar has no 'pubsub.kafka' (it has bindings.cron, pubsub.in-memory, pubsub.rabbitmq, pubsub.redis,");
        error.ShouldContain("--resources-path components/embedded");
    }

    [Fact]
    public async Task a_schedule_that_cannot_be_read_is_one_line_and_exit_code_1()
    {
        _folder.With("resources/sync.yaml", Cron("every now and then"));
        await using var host = Start();

        (await host.ExitAsync()).ShouldBe(1);
        host.Errors.ShouldHaveSingleItem().ShouldContain(
            "sync.yaml: spec.metadata.schedule: 'every now and then' is not a schedule: it has 4 fields. Write five fields");
    }

    [Fact]
    public async Task a_cron_component_is_listed_and_triggers_the_app()
    {
        _folder.With("resources/sync.yaml", Cron("@every 20ms"));
        await using var host = Start();
        await host.ReadyAsync();

        await Eventually.HoldsAsync(async () =>
            (await _http.GetFromJsonAsync<string[]>($"http://127.0.0.1:{_appPort}/events"))!.Length > 1, () => "The app got no triggers.");
        (await _http.GetStringAsync($"http://127.0.0.1:{_httpPort}/v1.0/metadata")).ShouldContain(
            """{"name":"sync","type":"bindings.cron","version":"v1","capabilities":["INPUT_BINDING"]}""");
    }

    [Fact]
    public async Task logs_go_to_files_where_the_run_file_says_so()
    {
        await using var host = Start("appLogDestination: file\n    daprdLogDestination: fileAndConsole");
        await host.ReadyAsync();
        host.Signal("TERM");
        await host.ExitAsync();

        var files = Directory.GetFiles(_folder.In("app/.dapr/logs"));
        var appLog = files.Single(f => Path.GetFileName(f).StartsWith("orders_app_", StringComparison.Ordinal));
        File.ReadAllText(appLog).ShouldContain("APP_ID=orders");
        files.Where(f => Path.GetFileName(f).StartsWith("orders_daprd_", StringComparison.Ordinal)).ShouldNotBeEmpty();
        host.Count("== APP - orders ==").ShouldBe(0);
    }

    [Theory]
    [InlineData("app")]
    [InlineData("daprd")]
    public async Task log_files_that_cannot_be_written_are_one_line_and_exit_code_1(string kind)
    {
        _folder.With("app/.dapr", "a file where the directory should be");
        await using var host = Start($"{kind}LogDestination: file");

        (await host.ExitAsync()).ShouldBe(1);
        host.Errors.ShouldHaveSingleItem().ShouldStartWith(
            $"orders {kind}LogDestination: log files cannot be written in '{_folder.In("app/.dapr/logs")}': ");
    }

    private static async Task<int> NumberAsync(HostProcess host, string pattern) =>
        int.Parse((await host.LineAsync(pattern)).Groups[1].Value, CultureInfo.InvariantCulture);

    private static Task<int> AppIdAsync(HostProcess host) => NumberAsync(host, @"pid=(\d+)");

    private static string Cron(string schedule) => $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: sync}
        spec:
          type: bindings.cron
          metadata: [{name: schedule, value: "{{schedule}}"}, {name: route, value: events}]
        """;

    private HostProcess Start(string fields = "", string more = "")
    {
        _folder.WithRunFile($"""
            version: 1
            common:
              resourcesPaths: [resources]
            apps:
              - appID: orders
                appDirPath: app
                appPort: {_appPort}
                daprHTTPPort: {_httpPort}
                command: {RunFolder.TestAppCommand}
                {fields.Replace("\n    ", "\n                ", StringComparison.Ordinal)}
            {more}
            """.Replace("\n                ", "\n    ", StringComparison.Ordinal));
        return new HostProcess("-f", _folder.RunFile, "--data-dir", _folder.In("data"));
    }
}
