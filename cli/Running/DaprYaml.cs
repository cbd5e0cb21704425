using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cli.Running;

/// <summary>A port that dapr.yaml asks for.</summary>
/// <param name="Port">TCP port.</param>
/// <param name="AppId">App that wants it.</param>
/// <param name="Field">Field of dapr.yaml that says so.</param>
internal sealed record PortClaim(int Port, string AppId, string Field);

/// <summary>What the tool needs to know of dapr.yaml; the sidecar reads, and judges, all of it.</summary>
internal sealed record DaprYaml(IReadOnlyList<PortClaim> Ports)
{
    private static readonly string[] PortFields =
        ["appPort", "daprHTTPPort", "daprGRPCPort", "daprInternalGRPCPort", "metricsPort", "profilePort"];

    /// <exception cref="CliException">The file is missing or not what it should be.</exception>
    public static DaprYaml Read(string file)
    {
        try
        {
            using var reader = File.OpenText(file);
            var yaml = new YamlStream();
            yaml.Load(reader);
            var root = (YamlMappingNode)yaml.Documents[0].RootNode;
            return new DaprYaml([.. ((YamlSequenceNode)root["apps"]).Cast<YamlMappingNode>().SelectMany(PortsOf)]);
        }
        catch (Exception e) when (e is IOException or YamlException
            or InvalidCastException or KeyNotFoundException or ArgumentOutOfRangeException)
        {
            throw new CliException($"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Address of an app on this machine.</summary>
    /// <exception cref="CliException">The app has no appPort.</exception>
    public Uri AddressOf(string appId) => AddressOf(appId, "appPort");

    /// <summary>The gRPC endpoint of an app's sidecar on this machine.</summary>
    /// <exception cref="CliException">The app has no daprGRPCPort.</exception>
    public Uri GrpcAddressOf(string appId) => AddressOf(appId, "daprGRPCPort");

    /// <summary>The HTTP endpoint of an app's sidecar on this machine.</summary>
    /// <exception cref="CliException">The app has no daprHTTPPort.</exception>
    public Uri HttpAddressOf(string appId) => AddressOf(appId, "daprHTTPPort");

    private Uri AddressOf(string appId, string field)
    {
        var claim = Ports.FirstOrDefault(p => p.AppId == appId && p.Field == field)
            ?? throw new CliException($"dapr.yaml names no {field} for app '{appId}'.");
        return new Uri($"http://127.0.0.1:{claim.Port}/");
    }

    private static IEnumerable<PortClaim> PortsOf(YamlMappingNode app)
    {
        var id = app.Children.TryGetValue("appID", out var named) ? named.ToString() : "(no appID)";
        foreach (var field in PortFields)
        {
            if (app.Children.TryGetValue(field, out var value) && int.TryParse(value.ToString(), out var port))
            {
                yield return new PortClaim(port, id, field);
            }
        }
    }
}
