using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Tests.System.Containers;

/// <summary>An image as the SDK saves it (<c>docker save</c>'s format: manifest.json, a configuration, layers), unpacked into a folder.</summary>
internal sealed class ImageArchive
{
    private readonly string _folder;

    private ImageArchive(string folder, JsonNode manifest, JsonNode config)
    {
        _folder = folder;
        Tags = [.. manifest["RepoTags"]!.AsArray().Select(t => t!.GetValue<string>())];
        Layers = [.. manifest["Layers"]!.AsArray().Select(l => l!.GetValue<string>())];
        Settings = config["config"]!;
        Config = config;
    }

    /// <summary>Names that the image is known by.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The layers' files within the archive; the last is the app.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>The whole configuration.</summary>
    public JsonNode Config { get; }

    /// <summary>How a container of the image runs: User, Env, Cmd, ExposedPorts, Labels.</summary>
    public JsonNode Settings { get; }

    /// <summary>Unpacks an archive.</summary>
    public static ImageArchive Open(string path, string folder)
    {
        Directory.CreateDirectory(folder);
        using (var file = File.OpenRead(path))
        using (var content = IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file)
        {
            TarFile.ExtractToDirectory(content, folder, overwriteFiles: false);
        }

        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")))![0]!;
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, manifest["Config"]!.GetValue<string>())))!;
        return new ImageArchive(folder, manifest, config);
    }

    /// <summary>What the app's layer holds: path, access, owner.</summary>
    public IReadOnlyList<TarEntry> AppFiles()
    {
        using var content = OpenLayer(Layers[^1]);
        using var tar = new TarReader(content);
        var entries = new List<TarEntry>();
        while (tar.GetNextEntry() is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>A setting of the environment; null where it is not set.</summary>
    public string? EnvironmentOf(string name) => Settings["Env"]!.AsArray().Select(e => e!.GetValue<string>().Split('=', 2))
        .LastOrDefault(e => e[0] == name)?[1];

    /// <summary>Strings of a list of the settings, empty where it is not there.</summary>
    public IReadOnlyList<string> Strings(string name) => [.. Settings[name]?.AsArray().Select(s => s!.GetValue<string>()) ?? []];

    /// <summary>Unpacks the image's files, layer over layer.</summary>
    public void UnpackTo(string root)
    {
        Directory.CreateDirectory(root);
        foreach (var layer in Layers)
        {
            using var content = OpenLayer(layer);
            TarFile.ExtractToDirectory(content, root, overwriteFiles: true);
        }
    }

    private Stream OpenLayer(string name)
    {
        var file = File.OpenRead(Path.Combine(_folder, name));
        return IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static bool IsGzip(FileStream file)
    {
        var gzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return gzip;
    }
}
