using Sidecar.Resources;
using Sidecar.Resources.Yaml;

namespace Sidecar.Hosting.RunFiles;

/// <summary>
/// Reads a dapr.yaml (multi-app run template, version 1). Paths in <c>common</c> and <c>appDirPath</c> are taken from
/// the file's directory, other paths of an app from its appDirPath. Source: Dapr docs, "Use the Multi-App Run
/// template".
/// </summary>
public static class RunFileReader
{
    private static readonly string[] NotSupported =
    [
        "daprInternalGRPCPort", "profilePort", "unixDomainSocket",
        "containerImage", "containerImagePullPolicy", "createService",
    ];

    /// <summary>Reads the apps.</summary>
    /// <param name="path">The file, or a directory with a dapr.yaml.</param>
    /// <param name="resourcesPaths">Directories that replace those of the file for all apps; empty to use the
    /// file's.</param>
    /// <exception cref="ResourceException">The file or what it names is wrong, missing or not supported.</exception>
    public static IReadOnlyList<AppSpec> Read(string path, IReadOnlyList<string> resourcesPaths)
    {
        path = Locate(path);
        var documents = YamlFile.Read(path);
        if (documents.Count != 1)
        {
            throw new ResourceException(
                YamlFile.Display(path), "(file)", $"holds {documents.Count} documents", "Keep one run template in it.");
        }

        var root = documents[0];
        if (root.Integer("version", 1, 1) is null)
        {
            throw root.Error("version", "is missing", "Add 'version: 1'.");
        }

        var directory = Path.GetDirectoryName(path)!;
        var common = root.Map("common") is { } map ? SharedFields.Read(map, directory) : new SharedFields();
        var replaced = resourcesPaths.Select(
            p => new ResourceDirectory(Path.GetFullPath(p), "--resources-path", p)).ToList();
        var apps = root.Maps("apps").Select(app => ReadApp(app, directory, common, replaced)).ToList();
        root.Finish();
        if (apps.Count == 0)
        {
            throw root.Error("apps", "is empty", "List at least one app with its appDirPath.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (apps.Find(a => !seen.Add(a.AppId)) is { } twin)
        {
            throw root.Error(
                $"{twin.Field}.appID", $"'{twin.AppId}' is used by another app", "Give every app its own id.");
        }

        return apps;
    }

    /// <summary>The file that a path names: itself, or the dapr.yaml in a directory.</summary>
    public static string Locate(string path) =>
        Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, "dapr.yaml") : path);

    private static AppSpec ReadApp(
        YamlMap map, string baseDirectory, SharedFields common, List<ResourceDirectory> replaced)
    {
        var directory = SharedFields.Absolute(map.RequiredText("appDirPath", "services/Orders"), baseDirectory);
        if (!Directory.Exists(directory))
        {
            throw map.Error(
                "appDirPath", $"the directory '{directory}' does not exist", "Create it or correct the path.");
        }

        var id = map.Text("appID") is { Length: > 0 } given
            ? given
            : Path.GetFileName(Path.TrimEndingDirectorySeparator(directory));
        if (id.Contains('.', StringComparison.Ordinal))
        {
            throw map.Error(
                "appID", $"'{id}' contains a dot", "Dots separate app id and namespace; choose a name without.");
        }

        if (map.Text("appChannelAddress") is { } address and not ("127.0.0.1" or "localhost"))
        {
            throw map.Error(
                "appChannelAddress",
                $"'{address}' is not supported by the embedded sidecar",
                "Write 127.0.0.1, or remove it.");
        }

        foreach (var field in NotSupported)
        {
            map.Unsupported(field, "Remove it, or use a real Dapr.");
        }

        // Named so far; what follows is read by the shared part, which also finishes the map.
        var spec = new AppSpec(id, map.At(string.Empty).TrimEnd('.'), directory)
        {
            Command = map.Texts("command"),
            AppPort = map.Port("appPort"),
            HttpPort = map.Port("daprHTTPPort"),
            GrpcPort = map.Port("daprGRPCPort"),
            MetricsPort = map.Port("metricsPort"),
        };
        CommandCheck.Check(map, spec);
        var own = SharedFields.Read(map, directory);
        return own.Over(common).Apply(spec with
        {
            Resources = Resources(map, own, common, directory, replaced),
            ConfigFile = Config(own, common, directory),
        });
    }

    // Dapr's precedence: the app's own paths, then its .dapr directory, then the common ones.
    private static IReadOnlyList<ResourceDirectory> Resources(
        YamlMap map, SharedFields own, SharedFields common, string directory, List<ResourceDirectory> replaced)
    {
        if (replaced.Count > 0)
        {
            return replaced;
        }

        if (own.Resources.Count > 0)
        {
            return own.Resources;
        }

        var convention = Path.Combine(directory, ".dapr", "resources");
        if (Directory.Exists(convention))
        {
            return [new ResourceDirectory(convention, map.File, map.At("resourcesPaths"))];
        }

        return common.Resources.Count > 0
            ? common.Resources
            : throw map.Error(
                "resourcesPaths", "is missing here and under common", "Add it, or pass --resources-path.");
    }

    private static string? Config(SharedFields own, SharedFields common, string directory)
    {
        var convention = Path.Combine(directory, ".dapr", "config.yaml");
        return own.ConfigFile ?? (File.Exists(convention) ? convention : common.ConfigFile);
    }
}
