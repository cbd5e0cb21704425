using Microsoft.Extensions.Logging;
using Sidecar.Hosting.RunFiles;
using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Hosting;

public sealed class RunFileTests : IDisposable
{
    private const string Full = """
        version: 1
        common:
          resourcesPaths: [resources, more]
          configFilePath: config.yaml
          env: {COLOUR: red, SHAPE: round, FLAG: true}
          enableAppHealthCheck: true
          appHealthCheckPath: /ready
          appHealthProbeInterval: 2
          appHealthProbeTimeout: 300
          appHealthThreshold: 4
          logLevel: warn
          maxBodySize: 8Mi
        apps:
          - appID: orders
            appDirPath: app
            appPort: 5101
            daprHTTPPort: 3501
            daprGRPCPort: 50002
            metricsPort: 9091
            appProtocol: http
            command: [dotnet, --version]
            env: {COLOUR: blue}
            appLogDestination: file
            daprdLogDestination: fileAndConsole
            enableApiLogging: true
          - appDirPath: other
            resourcesPath: res
            enableAppHealthCheck: false
            daprHTTPMaxRequestSize: 16
            maxBodySize:
        """;

    private readonly RunFolder _folder = new RunFolder().WithRunFile(Full).With("other/res/x.yaml", "");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void an_app_has_its_own_fields_over_the_common_ones()
    {
        var app = Read()[0];

        app.AppId.ShouldBe("orders");
        app.Directory.ShouldBe(_folder.In("app"));
        app.Command.ShouldBe(["dotnet", "--version"]);
        (app.AppPort, app.HttpPort, app.GrpcPort, app.MetricsPort).ShouldBe((5101, 3501, 50002, 9091));
        app.Env.ShouldBe(
            new Dictionary<string, string> { ["COLOUR"] = "blue", ["SHAPE"] = "round", ["FLAG"] = "true" },
            ignoreOrder: true);
        app.Health.ShouldBe(new AppHealthSpec("/ready", TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(300), 4));
        app.AppLog.ShouldBe(LogDestination.File);
        app.SidecarLog.ShouldBe(LogDestination.FileAndConsole);
        app.LogLevel.ShouldBe(LogLevel.Warning);
        app.ApiLogging.ShouldBeTrue();
        app.MaxBodyBytes.ShouldBe(8 << 20);
    }

    [Fact]
    public void common_paths_are_relative_to_the_file_and_an_apps_paths_to_its_directory()
    {
        var apps = Read();

        apps[0].Resources.Select(r => r.Path).ShouldBe([_folder.In("resources"), _folder.In("more")]);
        apps[0].ConfigFile.ShouldBe(_folder.In("config.yaml"));
        apps[1].Resources.Select(r => r.Path).ShouldBe([_folder.In("other/res")]);
    }

    [Fact]
    public void absent_fields_have_daprs_defaults()
    {
        var app = Read()[1];

        app.AppId.ShouldBe("other");
        app.Command.ShouldBeEmpty();
        (app.AppPort, app.HttpPort).ShouldBe((null, null));
        app.Health.ShouldBeNull();
        app.MaxBodyBytes.ShouldBe(16 << 20);
        app.AppLog.ShouldBe(LogDestination.Console);
    }

    [Fact]
    public void the_dapr_directory_of_an_app_comes_before_the_common_paths()
    {
        _folder.With("app/.dapr/resources/x.yaml", "").With("app/.dapr/config.yaml", "");

        Read()[0].Resources.Select(r => r.Path).ShouldBe([_folder.In("app/.dapr/resources")]);
        Read()[0].ConfigFile.ShouldBe(_folder.In("app/.dapr/config.yaml"));
    }

    [Fact]
    public void resources_paths_of_the_command_line_replace_all_others()
    {
        var apps = RunFileReader.Read(_folder.RunFile, [_folder.In("resources")]);

        apps.ShouldAllBe(a => a.Resources.Count == 1 && a.Resources[0].Path == _folder.In("resources"));
    }

    [Fact]
    public void a_directory_stands_for_the_dapr_yaml_in_it() => RunFileReader.Read(_folder.Path, []).Count.ShouldBe(2);

    [Theory]
    [InlineData("version: 1", "version: 2", "version: '2' is not a whole number from 1 to 1")]
    [InlineData("version: 1", "", "version: is missing. Add 'version: 1'")]
    [InlineData("apps:", "app:", "app: is unknown or not supported")]
    [InlineData("appDirPath: app\n", "appDirPath: nowhere\n", "apps[0].appDirPath: the directory '")]
    [InlineData("    appDirPath: app\n", "", "apps[0].appDirPath: is missing")]
    [InlineData("appID: orders", "appID: or.ders", "apps[0].appID: 'or.ders' contains a dot")]
    [InlineData("appID: orders", "appID: other", "apps[1].appID: 'other' is used by another app")]
    [InlineData("appPort: 5101", "appPort: 70000", "apps[0].appPort: '70000' is not a whole number from 1 to 65535")]
    [InlineData("appPort: 5101", "appPort: \"5101\"", "apps[0].appPort: '5101' is not a whole number")]
    [InlineData("daprHTTPPort: 3501", "daprHttpPort: 3501", "apps[0].daprHttpPort: is unknown or not supported")]
    [InlineData("appProtocol: http", "appProtocol: grpc", "apps[0].appProtocol: 'grpc' is not supported. Write one of: http")]
    [InlineData("appProtocol: http", "appChannelAddress: 10.0.0.1", "apps[0].appChannelAddress: '10.0.0.1' is not supported")]
    [InlineData("appProtocol: http", "unixDomainSocket: /tmp/x", "apps[0].unixDomainSocket: is not supported by the embedded sidecar")]
    [InlineData("appProtocol: http", "appMaxConcurrency: 3", "apps[0].appMaxConcurrency: a limit is not supported")]
    [InlineData("appProtocol: http", "appSSL: true", "apps[0].appSSL: is not supported")]
    [InlineData("appLogDestination: file", "appLogDestination: disk", "apps[0].appLogDestination: 'disk' is not supported. Write one of: console, file, fileAndConsole")]
    [InlineData("logLevel: warn", "logLevel: loud", "common.logLevel: 'loud' is not supported. Write one of: debug, info")]
    [InlineData("maxBodySize: 8Mi", "maxBodySize: huge", "common.maxBodySize: 'huge' is not a size")]
    [InlineData("appHealthProbeTimeout: 300", "appHealthProbeTimeout: 3000", "common.appHealthProbeTimeout: 3000 ms is longer than the probe interval of 2 s")]
    [InlineData("appHealthProbeInterval: 2", "appHealthProbeInterval: 0", "common.appHealthProbeInterval: '0' is not a whole number")]
    [InlineData("enableAppHealthCheck: true", "enableAppHealthCheck: yes", "common.enableAppHealthCheck: 'yes' is not a boolean")]
    [InlineData("[dotnet, --version]", "[no-such-program]", "apps[0].command[0]: the program 'no-such-program' was not found")]
    [InlineData("[dotnet, --version]", "[./run.sh]", "apps[0].command[0]: the program './run.sh' was not found")]
    [InlineData("[dotnet, --version]", "[dotnet, bin/Orders.dll]", "apps[0].command[1]: 'bin/Orders.dll' does not exist in")]
    [InlineData("[dotnet, --version]", "dotnet run", "apps[0].command: is not a list")]
    [InlineData("resourcesPaths: [resources, more]", "placementHostAddress: here", "common.placementHostAddress: is not supported")]
    [InlineData("resourcesPaths: [resources, more]", "", "apps[0].resourcesPaths: is missing here and under common")]
    public void a_mistake_is_named_with_file_field_and_remedy(string good, string bad, string problem)
    {
        Full.ShouldContain(good);
        _folder.WithRunFile(Full.Replace(good, bad, StringComparison.Ordinal));

        var error = Should.Throw<ResourceException>(Read).Message;

        error.ShouldContain("dapr.yaml: ");
        error.ShouldContain(problem);
        error.ShouldNotContain("\n");
    }

    [Fact]
    public void a_missing_file_is_one_line() =>
        Should.Throw<ResourceException>(() => RunFileReader.Read(_folder.In("none.yaml"), [])).Message.ShouldContain(
            "none.yaml: (file): cannot be read");

    private IReadOnlyList<AppSpec> Read() => RunFileReader.Read(_folder.RunFile, []);
}
