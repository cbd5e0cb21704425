using System.Text.Json;

namespace Cli.Access;

/// <summary>A key as the gateway's file has it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Role">customer, monitor or operator.</param>
/// <param name="Hash">SHA-256 in hexadecimal digits.</param>
/// <param name="RequestsPerSecond">Its own limit; null for its role's.</param>
internal sealed record KeyEntry(string Id, string Role, string Hash, int? RequestsPerSecond = null);

/// <summary>The gateway's file of keys; the gateway sees a change within a second.</summary>
internal sealed record KeyFile(IReadOnlyList<KeyEntry> Keys)
{
    /// <summary>Roles that a key can have.</summary>
    public static readonly string[] Roles = ["customer", "monitor", "operator"];

    /// <summary>The file; no keys where there is none.</summary>
    /// <exception cref="CliException">It is no file of keys.</exception>
    public static KeyFile Read(string path)
    {
        try
        {
            var file = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), AccessJson.Default.KeyFile) : new KeyFile([]);
            return file?.Keys?.Contains(null!) == false ? file : throw new CliException($"{path} is no list of keys. Correct it, or remove the file.");
        }
        catch (JsonException e)
        {
            throw new CliException($"{path}: line {e.LineNumber + 1} is no list of keys. Correct it, or remove the file.", e);
        }
    }

    /// <summary>With one key more, in the place of another of that name.</summary>
    public KeyFile With(KeyEntry key) => new([.. Keys.Where(k => k.Id != key.Id), key]);

    public void Write(string path) => PrivateFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, AccessJson.Default.KeyFile));
}
