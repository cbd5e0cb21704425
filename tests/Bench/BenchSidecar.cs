using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cli.Running;

namespace Tests.Bench;

/// <summary>The embedded sidecar for one app that is not started by it, in a data directory that goes with it; or a real Dapr.</summary>
internal sealed class BenchSidecar : IAsyncDisposable
{
    private readonly Process? host;
    private readonly string? files;

    private BenchSidecar(string grpcEndpoint, string name, Process? host, string? files) =>
        (GrpcEndpoint, Name, this.host, this.files) = (grpcEndpoint, name, host, files);

    public string GrpcEndpoint { get; }

    public string Name { get; }

    public static async Task<BenchSidecar> StartAsync(CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable("DAPR_GRPC_ENDPOINT") is { Length: > 0 } external)
        {
            return new BenchSidecar(external, external, host: null, files: null);
        }

        var root = RepoRoot.Find();
        var directory = Directory.CreateTempSubdirectory("bench-").FullName;
        var grpcPort = FreePort();
        await File.WriteAllTextAsync(
            Path.Combine(directory, "dapr.yaml"),
            $"""
            version: 1
            apps:
              - appID: bench
                appDirPath: .
                daprGRPCPort: {grpcPort}
            """,
            cancellation);
        string[] arguments =
        [
            root.PathOf("sidecar", "bin", "Debug", "net10.0", "sidecar.dll"), "run", "-f", directory,
            "--resources-path", root.PathOf("components", "embedded"), "--data-dir", Path.Combine(directory, "data"),
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("'dotnet' cannot be started.");
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Contains("all apps ready", StringComparison.Ordinal))
            {
                _ = TellAsync(process.StandardOutput);
                return new BenchSidecar($"http://127.0.0.1:{grpcPort}", "embedded sidecar", process, directory);
            }

            Console.WriteLine(line);
        }

        throw new InvalidOperationException("The sidecar ended before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        if (host is null)
        {
            return;
        }

        Signals.Terminate(host);
        await host.WaitForExitAsync();
        host.Dispose();
        Directory.Delete(files!, recursive: true);
    }

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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
