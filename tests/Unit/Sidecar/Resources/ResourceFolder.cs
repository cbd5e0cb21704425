using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Resources;

/// <summary>A temporary directory of resource files.</summary>
public sealed class ResourceFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("resources-").FullName;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public ResourceFolder With(string name, string yaml)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, name), yaml);
        return this;
    }

    public AppResources Load(string appId = "orders") =>
        ResourceLoader.Load(
            [new ResourceDirectory(Path, "dapr.yaml", "common.resourcesPaths[0]")],
            appId,
            Environment.GetValueOrDefault);

    /// <summary>The one-line error of a folder that must be refused.</summary>
    public string Error(string appId = "orders")
    {
        var message = Should.Throw<ResourceException>(() => Load(appId)).Message;
        message.ShouldNotContain("\n");
        return message;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
