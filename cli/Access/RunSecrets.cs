using System.Text.Json;

namespace Cli.Access;

/// <summary>
/// The secrets of a system that a command has started: new ones for each run. They reach the processes by their environment, never by a command
/// line, which everybody can list; and other commands of the same user by a file.
/// </summary>
/// <param name="Gateway">Address of the gateway that they are good for.</param>
/// <param name="DaprApiToken">What callers of the sidecars show.</param>
/// <param name="AppApiToken">What sidecars show to the apps.</param>
/// <param name="OperatorKey">A key of the gateway.</param>
/// <param name="CustomerKey">A key of the gateway.</param>
internal sealed record RunSecrets(Uri Gateway, string DaprApiToken, string AppApiToken, string OperatorKey, string CustomerKey)
{
    private const string OperatorId = "run-operator";
    private const string CustomerId = "run-customer";

    public static RunSecrets Create(Uri gateway) =>
        new(gateway, NewSecret.Token(), NewSecret.Token(), NewSecret.Key(), NewSecret.Key());

    /// <summary>The environment of the sidecar, which hands it on to the apps; writes the keys' hashes for the gateway.</summary>
    /// <param name="dataDirectory">Where the file of keys is; keys that were made for this directory by hand stay good.</param>
    public IEnumerable<KeyValuePair<string, string>> Environment(string dataDirectory)
    {
        var file = KeyFileIn(dataDirectory);
        KeyFile.Read(file)
            .With(new KeyEntry(OperatorId, "operator", NewSecret.HashOf(OperatorKey)))
            .With(new KeyEntry(CustomerId, "customer", NewSecret.HashOf(CustomerKey)))
            .Write(file);
        return
        [
            new("DAPR_API_TOKEN", DaprApiToken),
            new("APP_API_TOKEN", AppApiToken),
            new("ApiKeys__File", file),
        ];
    }

    /// <summary>The file of keys of a data directory.</summary>
    public static string KeyFileIn(string dataDirectory) => Path.Combine(dataDirectory, "keys.json");

    /// <summary>Tells other commands of this user; <see cref="Forget"/> takes it back.</summary>
    public void Publish(string path) => PrivateFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, AccessJson.Default.RunSecrets));

    /// <summary>Removes what <see cref="Publish"/> wrote, unless another run has written there meanwhile.</summary>
    public void Forget(string path)
    {
        if (Read(path) == this)
        {
            File.Delete(path);
        }
    }

    /// <summary>What a running command has published; null where there is nothing that can be used.</summary>
    public static RunSecrets? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), AccessJson.Default.RunSecrets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
