using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tests.Servers;

namespace Tests.System;

/// <summary>One app as a pod of k8s/ has it, by its environment alone: without APP_PORT, with tokens and keys, and with nobody else there yet.</summary>
internal sealed class AppInPod(string app) : ServerProcess(Needs.Program("dotnet", "dotnet-sdk-10.0"), "pod", TimeSpan.FromSeconds(60))
{
    public const string Token = "app-token-of-the-pod";

    private const string Keys = """{"keys":[{"id":"ops","role":"operator","hash":"0000000000000000000000000000000000000000000000000000000000000000"}]}""";

    public override string Log => "(see its output)";

    public HttpClient Client() => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };

    /// <summary>Tells it to stop, as the kubelet does, and does not wait.</summary>
    public Task TerminateAsync() => RequestStopAsync();

    /// <summary>Waits until it has ended.</summary>
    public Task EndedAsync() => StopAsync();

    public async Task<bool> TakesConnectionsAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    protected override void Configure(ProcessStartInfo start)
    {
        var name = char.ToUpperInvariant(app[0]) + app[1..];
        start.ArgumentList.Add(Path.Combine(RunFile.Root, "services", name, "bin", "Debug", "net10.0", $"{name}.dll"));
        start.WorkingDirectory = Folder;
        var keys = Path.Combine(Folder, "keys.json");
        File.WriteAllText(keys, Keys);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["APP_PORT"] = null,
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Port}",
            ["APP_INSTANCE"] = $"{app}-0",
            ["DATA_DIR"] = Path.Combine(Folder, "data"),
            ["Durability"] = "FULL",
            ["ApiKeys__File"] = keys,
            ["TrustedProxies"] = "10.244.0.0/16",
            ["APP_API_TOKEN"] = app == "gateway" ? null : Token,
            ["DAPR_API_TOKEN"] = "sidecar-token-of-the-pod",
            // Nobody listens there.
            ["DAPR_HTTP_PORT"] = $"{LoopbackPort.Free()}",
            ["DAPR_GRPC_PORT"] = $"{LoopbackPort.Free()}",
        };
        foreach (var (setting, value) in settings)
        {
            start.Environment.Remove(setting);
            if (value is not null)
            {
                start.Environment[setting] = value;
            }
        }
    }

    protected override Task RequestStopAsync() => SignalAsync("TERM");

    protected override Task<bool> GreetsAsync(NetworkStream stream) => Task.FromResult(true);
}
