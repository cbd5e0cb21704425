using Tests.Servers;

namespace Tests.System;

/// <summary>A folder of components/ as it is, but for the address of the Redis that a test has started.</summary>
internal sealed class BrokerFolder : IDisposable
{
    private const string RedisAddress = "localhost:6379";

    /// <param name="name">Folder under components/.</param>
    /// <param name="redis">Every folder keeps its state there.</param>
    /// <param name="environment">What its secrets refer to.</param>
    public BrokerFolder(string name, RedisServer redis, params (string Name, string Value)[] environment)
    {
        Environment = environment;
        foreach (var file in Directory.GetFiles(global::System.IO.Path.Combine(RunFile.Root, "components", name)))
        {
            File.WriteAllText(
                global::System.IO.Path.Combine(Path, global::System.IO.Path.GetFileName(file)),
                File.ReadAllText(file).Replace(RedisAddress, redis.Host, StringComparison.Ordinal));
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("components-").FullName;

    public IReadOnlyList<(string Name, string Value)> Environment { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
