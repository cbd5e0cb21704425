using System.Net;
using System.Net.Sockets;

namespace Tests.Unit.Sidecar.Hosting;

/// <summary>A temporary directory with a dapr.yaml, resources and an app directory.</summary>
public sealed class RunFolder : IDisposable
{
    public RunFolder()
    {
        Directory.CreateDirectory(In("app"));
        Directory.CreateDirectory(In("resources"));
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("run-").FullName;

    public string RunFile => In("dapr.yaml");

    /// <summary>The command of the test app, as YAML.</summary>
    public static string TestAppCommand =>
        $"[dotnet, '{System.IO.Path.Combine(AppContext.BaseDirectory, "TestApp.dll")}']";

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public RunFolder With(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), text);
        return this;
    }

    public RunFolder WithRunFile(string yaml) => With("dapr.yaml", yaml);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
