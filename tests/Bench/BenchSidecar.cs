using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cli.Running;
using Tests.Servers;

namespace Tests.Bench;

/// <summary>An app that the sidecar is beside, but does not start.</summary>
/// <param name="Id">App id.</param>
/// <param name="Port">Where it listens; null for one that is only a client.</param>
internal sealed record BenchedApp(string Id, int? Port)
{
    public int HttpPort { get; } = LoopbackPort.Free();

    public int GrpcPort { get; } = LoopbackPort.Free();

    public Uri Http => new($"http://127.0.0.1:{HttpPort}");

    public string Grpc => $"http://127.0.0.1:{GrpcPort}";
}

/// <summary>The embedded sidecar, a process of its own, for apps that it does not start; its files go with it.</summary>
internal sealed class BenchSidecar : IAsyncDisposable
{
#if DEBUG
    private const string Build = "Debug";
#else
    private const string Build = "Release";
#endif

    private readonly Process host;
    private readonly string files;

    private BenchSidecar(Process host, string files) => (this.host, this.files) = (host, files);

    /// <summary>Starts it and waits until all apps are ready.</summary>
    /// <param name="apps">The apps.</param>
    /// <param name="components">Component files' text; null for components/embedded.</param>
    /// <param name="startApps">Starts the apps: after the sidecar, which refuses to begin where their ports are taken.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<BenchSidecar> StartAsync(
        IReadOnlyList<BenchedApp> apps, string? components, Func<Task> startApps, CancellationToken cancellation)
    {
        var root = RepoRoot.Find();
        var directory = Directory.CreateTempSubdirectory("bench-").FullName;
        var resources = root.PathOf("components", "embedded");
        if (components is not null)
        {
            resources = Directory.CreateDirectory(Path.Combine(directory, "resources")).FullName;
            await File.WriteAllTextAsync(Path.Combine(resources, "components.yaml"), components, cancellation);
        }

        await File.WriteAllTextAsync(Path.Combine(directory, "dapr.yaml"), RunFileOf(apps), cancellation);
        string[] arguments =
        [
            root.PathOf("sidecar", "bin", Build, "net10.0", "sidecar.dll"), "run", "-f", directory,
            "--resources-path", resources, "--data-dir", Path.Combine(directory, "data"),
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("'dotnet' cannot be started.");
        await AnswersAsync(process, apps[0].HttpPort, cancellation);
        await startApps();
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Contains("all apps ready", StringComparison.Ordinal))
            {
                _ = TellAsync(process.StandardOutput);
                return new BenchSidecar(process, directory);
            }

            Console.WriteLine(line);
        }

        throw new InvalidOperationException("The sidecar ended before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        Signals.Terminate(host);
        await host.WaitForExitAsync();
        host.Dispose();
        Directory.Delete(files, recursive: true);
    }

    private static async Task AnswersAsync(Process process, int port, CancellationToken cancellation)
    {
        while (!process.HasExited)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancellation);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellation);
            }
        }
    }

    private static string RunFileOf(IReadOnlyList<BenchedApp> apps) => "version: 1\napps:\n" + string.Concat(apps.Select(app =>
        $"  - appID: {app.Id}\n    appDirPath: .\n    daprHTTPPort: {app.HttpPort}\n    daprGRPCPort: {app.GrpcPort}\n"
        + (app.Port is { } port ? $"    appPort: {port}\n" : "")));

    // What the sidecar warns of may explain a figure.
    private static async Task TellAsync(StreamReader output)
    {
        while (await output.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (!line.Contains(" INFO ", StringComparison.Ordinal))
            {
                Console.WriteLine(line);
            }
        }
    }
}
