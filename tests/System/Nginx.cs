using System.Diagnostics;
using System.Net.Sockets;
using Tests.Servers;

namespace Tests.System;

/// <summary>A real nginx with the repository's own configuration, before gateways that listen elsewhere than it says.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("nginx-").FullName;
    private readonly Process process;

    private Nginx(string program, IReadOnlyList<Uri> gateways)
    {
        var port = LoopbackPort.Free();
        Address = new Uri($"http://127.0.0.1:{port}/");
        var text = File.ReadAllText(Path.Combine(RunFile.Root, "nginx", "nginx.conf"))
            .Replace("127.0.0.1:8080;", $"127.0.0.1:{port};", StringComparison.Ordinal)
            .Replace("127.0.0.1:5100 ", $"127.0.0.1:{gateways[0].Port} ", StringComparison.Ordinal)
            .Replace("127.0.0.1:5110 ", $"127.0.0.1:{gateways[1].Port} ", StringComparison.Ordinal);
        var configuration = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(configuration, text);

        // Started by root it gives its workers to "nobody", who cannot write here.
        var settings = Environment.IsPrivilegedProcess ? "daemon off; user root;" : "daemon off;";
        process = Process.Start(new ProcessStartInfo(
            program, ["-p", directory, "-e", "error.log", "-c", configuration, "-g", settings]) { UseShellExecute = false })!;
    }

    public Uri Address { get; }

    /// <summary>One line for each request: who answered it, and at which attempt.</summary>
    public IReadOnlyList<string> Requests => File.ReadAllLines(Path.Combine(directory, "access.log"));

    /// <summary>What nginx itself has to say.</summary>
    public string Errors => File.ReadAllText(Path.Combine(directory, "error.log"));

    public static async Task<Nginx> StartAsync(string program, params IReadOnlyList<Uri> gateways)
    {
        var nginx = new Nginx(program, gateways);
        await Eventually.HoldsAsync(async () => await nginx.IsUpAsync(), () => $"nginx did not start: {nginx.Errors}");
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private async Task<bool> IsUpAsync()
    {
        process.HasExited.ShouldBeFalse();
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
