using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cli.Access;
using Cli.Gateway;
using Cli.Running;

namespace Tests.System;

/// <summary>The whole system as real processes on free ports, with a data directory of its own.</summary>
internal sealed class SystemUnderTest : IAsyncDisposable
{
    private const string ZipkinEndpoint = "http://localhost:9411/api/v2/spans";

    // The port of the discard service (RFC 863), which nobody runs.
    private static readonly Uri Nobody = new("http://127.0.0.1:9/api/v2/spans");

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);
    private readonly string directory = Directory.CreateTempSubdirectory("system-").FullName;
    private readonly string runFile;
    private readonly string policies;
    private readonly IReadOnlyList<string> replicas;
    private readonly BrokerFolder? broker;
    private readonly Uri zipkin;
    private readonly StringBuilder output = new();
    private readonly List<Process> restarted = [];
    private Process? sidecar;

    private SystemUnderTest(double duplicates, double lose, bool impatient, BrokerFolder? broker, Uri? zipkin, IReadOnlyList<string> replicas)
    {
        this.broker = broker;
        this.zipkin = zipkin ?? Nobody;
        this.replicas = replicas;
        Duplicates = duplicates;
        Lose = lose;
        policies = OwnPolicies(impatient);
        DataDirectory = Directory.CreateDirectory(Path.Combine(directory, "data")).FullName;
        (runFile, var port) = RunFile.WriteTo(directory);
        File.WriteAllText(
            runFile, File.ReadAllText(runFile).Replace(Path.Combine(RunFile.Root, "components", "policies"), policies, StringComparison.Ordinal));
        Address = new Uri($"http://127.0.0.1:{port}/");
        Secrets = RunSecrets.Create(Address);
        Gateway = GatewayClient.For(Address, Secrets.OperatorKey);
    }

    public double Duplicates { get; }

    /// <summary>Share of deliveries that are lost for good.</summary>
    public double Lose { get; }

    public string DataDirectory { get; }

    public Uri Address { get; }

    /// <summary>What processes and clients of this run show to each other.</summary>
    public RunSecrets Secrets { get; }

    public GatewayClient Gateway { get; }

    /// <summary>The ports of this run.</summary>
    public DaprYaml Yaml => DaprYaml.Read(runFile);

    /// <summary>What the processes printed so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    private IReadOnlyList<RunProcess> Processes => RunProcess.Find("DATA_DIR", DataDirectory);

    /// <summary>Starts everything.</summary>
    /// <param name="duplicates">Share of messages that are delivered twice.</param>
    /// <param name="lose">Share of deliveries that are lost for good.</param>
    /// <param name="impatient">True: a delivery that fails is given up after a second instead of a minute and a half.</param>
    /// <param name="broker">Other components than the embedded ones.</param>
    /// <param name="zipkin">Where spans go; where null, to a Zipkin that is not there.</param>
    /// <param name="replicas">Apps with several instances: <c>inventory=2</c>.</param>
    public static async Task<SystemUnderTest> StartAsync(
        double duplicates = 0, double lose = 0, bool impatient = false, BrokerFolder? broker = null, Uri? zipkin = null,
        params IReadOnlyList<string> replicas)
    {
        var system = new SystemUnderTest(duplicates, lose, impatient, broker, zipkin, replicas);
        try
        {
            await system.StartSidecarAsync();
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the sidecar and through it the apps, on whatever the data directory holds.</summary>
    public async Task StartSidecarAsync()
    {
        string[] arguments =
        [
            Path.Combine(RunFile.Root, "sidecar", "bin", "Debug", "net10.0", "sidecar.dll"), "run", "-f", runFile,
            "--resources-path", broker?.Path ?? Path.Combine(RunFile.Root, "components", "embedded"),
            "--resources-path", policies,
            "--config", Path.Combine(policies, "access-control.yaml"),
            "--data-dir", DataDirectory,
            "--fault-duplicate", Duplicates.ToString(CultureInfo.InvariantCulture), "--fault-drop", Lose.ToString(CultureInfo.InvariantCulture),
            "--fault-seed", "1", .. broker is null ? Array.Empty<string>() : ["--topic-prefix", Path.GetFileName(directory) + "."],
            "--zipkin", "off", .. replicas.SelectMany(r => new[] { "--replicas", r }),
        ];
        sidecar = new Process { StartInfo = new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true } };
        sidecar.StartInfo.Environment[Leftovers.Variable] = DataDirectory;
        foreach (var (name, value) in Secrets.Environment(DataDirectory).Select(e => (e.Key, e.Value)).Concat(broker?.Environment ?? []))
        {
            sidecar.StartInfo.Environment[name] = value;
        }

        sidecar.StartInfo.Environment["OTEL_EXPORTER_ZIPKIN_ENDPOINT"] = $"{zipkin}";
        sidecar.StartInfo.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "200"; // Tests wait for the last span.
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sidecar.OutputDataReceived += (_, line) => Keep(line.Data, ready);
        sidecar.ErrorDataReceived += (_, line) => Keep(line.Data, ready);
        sidecar.Start();
        sidecar.BeginOutputReadLine();
        sidecar.BeginErrorReadLine();
        var exited = sidecar.WaitForExitAsync();
        if (await Task.WhenAny(ready.Task, exited).WaitAsync(StartDeadline) == exited)
        {
            throw new InvalidOperationException($"The sidecar ended with exit code {sidecar.ExitCode}:\n{Output}");
        }

        await Eventually.HoldsAsync(() => Gateway.IsHealthyAsync(CancellationToken.None), () => $"the gateway never answered:\n{Output}");
    }

    /// <summary>kill -9 of one app. Returns what is needed to start it again.</summary>
    public RunProcess KillApp(string program)
    {
        var app = Processes.Where(p => p.Runs(program)).ShouldHaveSingleItem($"{program} should run once:\n{Output}");
        app.Kill();
        return app;
    }

    /// <summary>kill -9 of one instance of an app that has several. Returns what is needed to start it again.</summary>
    public RunProcess KillInstance(string program, int instance)
    {
        var app = Processes.Where(p => p.Runs(program) && p.Environment["APP_INSTANCE"] == $"{instance}")
            .ShouldHaveSingleItem($"instance {instance} of {program} should run:\n{Output}");
        app.Kill();
        return app;
    }

    /// <summary>Where an instance of an app listens.</summary>
    public Uri AddressOf(string program, int instance) => new(
        $"http://127.0.0.1:{Processes.Single(p => p.Runs(program) && p.Environment["APP_INSTANCE"] == $"{instance}").Environment["APP_PORT"]}/");

    /// <summary>The HTTP API of an instance's sidecar.</summary>
    public Uri SidecarOf(string program, int instance) => new(
        $"http://127.0.0.1:{Processes.Single(p => p.Runs(program) && p.Environment["APP_INSTANCE"] == $"{instance}").Environment["DAPR_HTTP_PORT"]}/");

    /// <summary>A service's database, by app id.</summary>
    public string DatabaseOf(string appId) => Path.Combine(DataDirectory, appId + ".db");

    public void StartAgain(RunProcess app) => restarted.Add(app.StartAgain());

    /// <summary>kill -9 of the sidecar; ends when its apps are gone, too.</summary>
    public async Task KillSidecarAsync()
    {
        sidecar!.Kill();
        await sidecar.WaitForExitAsync();
        await Eventually.HoldsAsync(
            () => Task.FromResult(Processes.Count == 0),
            () => $"processes outlived the sidecar: {Describe(Processes)}");
    }

    /// <summary>SIGTERM; returns the exit code and what is left of the run.</summary>
    public async Task<(int ExitCode, string Left)> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{sidecar!.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await sidecar.WaitForExitAsync().WaitAsync(StartDeadline);
        return (sidecar.ExitCode, Describe(Processes));
    }

    public async ValueTask DisposeAsync()
    {
        if (sidecar is { HasExited: false })
        {
            await StopAsync();
        }

        sidecar?.Dispose();
        foreach (var process in restarted)
        {
            process.Kill();
            process.Dispose();
        }

        Gateway.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private string OwnPolicies(bool impatient)
    {
        var own = Directory.CreateDirectory(Path.Combine(directory, "policies")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(RunFile.Root, "components", "policies")))
        {
            var text = File.ReadAllText(file).Replace(ZipkinEndpoint, $"{zipkin}", StringComparison.Ordinal);
            File.WriteAllText(
                Path.Combine(own, Path.GetFileName(file)), impatient ? text.Replace("maxRetries: 12", "maxRetries: 1", StringComparison.Ordinal) : text);
        }

        return own;
    }

    private static string Describe(IReadOnlyList<RunProcess> apps) => string.Join("; ", apps.Select(a => $"{a.Id} {string.Join(' ', a.Command)}"));

    private void Keep(string? line, TaskCompletionSource ready)
    {
        if (line is null)
        {
            return;
        }

        lock (output)
        {
            output.AppendLine(line);
        }

        if (line.Contains("all apps ready", StringComparison.Ordinal))
        {
            ready.TrySetResult();
        }
    }
}
