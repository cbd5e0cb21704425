using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Tests.System;

/// <summary>The repository's own dapr.yaml on free ports, so that tests run beside a system that is up.</summary>
internal static partial class RunFile
{
    public static string Root { get; } = FindRoot();

    /// <summary>Writes the file; returns its path and the gateway's port.</summary>
    public static (string Path, int GatewayPort) WriteTo(string directory)
    {
        var ports = new List<int>();

        // All taken until all are chosen: one that is given back may be given out again.
        var taken = new List<TcpListener>();
        var text = PortField().Replace(File.ReadAllText(Path.Combine(Root, "dapr.yaml")), field =>
        {
            taken.Add(new TcpListener(IPAddress.Loopback, 0));
            taken[^1].Start();
            ports.Add(((IPEndPoint)taken[^1].LocalEndpoint).Port);
            return $"{field.Groups[1].Value}{ports[^1]}";
        });
        taken.ForEach(listener => listener.Dispose());
        text = AppDirectory().Replace(text, field => $"{field.Groups[1].Value}{Path.Combine(Root, field.Groups[2].Value)}");
        text = Resources().Replace(text, field => $"{field.Groups[1].Value}{Path.Combine(Root, field.Groups[2].Value)}");
        var path = Path.Combine(directory, "dapr.yaml");
        File.WriteAllText(path, text);
        return (path, ports[0]);
    }

    [GeneratedRegex(@"((?:appPort|daprHTTPPort|daprGRPCPort): )\d+")]
    private static partial Regex PortField();

    [GeneratedRegex(@"(appDirPath: )(\S+)")]
    private static partial Regex AppDirectory();

    [GeneratedRegex(@"((?:- |configFilePath: ))(components/\S+)")]
    private static partial Regex Resources();

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "DaprConsistency.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException($"No DaprConsistency.sln above {AppContext.BaseDirectory}.");
        }

        return directory.FullName;
    }
}
