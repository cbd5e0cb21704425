using System.Text.Json;
using Contracts;
using ServiceDefaults.Hosting;

namespace Gateway.Security;

/// <summary>
/// The file of keys: <c>{"keys":[{"id":"ops-1","role":"operator","hash":"64 hexadecimal digits","requestsPerSecond":100}]}</c>, written by
/// <c>cli keys create</c>.
/// </summary>
internal static class ApiKeyFile
{
    private const int HashBytes = 32;
    private const int KeysMax = 1_000;
    private const int RateMax = 1_000_000;
    private const long BytesMax = 1024 * 1024;

    private static readonly Entry Empty = new(null, null, null, null);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>
    /// The file that a path leads to: Kubernetes mounts a secret as a link that it points elsewhere when the secret changes, and .NET tells the
    /// time of the link itself, which stays as it was. Source: kubernetes.io, "Mounted Secrets are updated automatically".
    /// </summary>
    /// <exception cref="IOException">It is missing, or a link leads in a circle.</exception>
    /// <exception cref="UnauthorizedAccessException">Its folder may not be looked into.</exception>
    public static FileInfo At(string path)
    {
        var file = new FileInfo(path);
        return file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="SettingException">It is missing, malformed, or can be written by others.</exception>
    public static IReadOnlyList<ApiKey> Read(string path)
    {
        try
        {
            var file = At(path);
            if (file.Length > BytesMax)
            {
                throw new SettingException(path, "(file)", $"{file.Length} bytes are more than {BytesMax}", $"Keep up to {KeysMax} keys in it.");
            }

            if (!OperatingSystem.IsWindows() && (file.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
            {
                throw new SettingException(path, "(file)", "others than its owner may write it, and so give themselves a key", "chmod 600 it.");
            }

            var content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(file.FullName), Options);
            return Check(path, content?.Keys ?? []);
        }
        catch (JsonException e)
        {
            throw new SettingException(path, e.Path ?? "(file)", $"line {e.LineNumber + 1} is not as it should be", "Let 'keys create' write it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException(path, "(file)", e.Message.TrimEnd('.'), "Name a file that the gateway can read, or remove ApiKeys:File.");
        }
    }

    private static List<ApiKey> Check(string path, IReadOnlyList<Entry?> entries)
    {
        if (entries.Count is 0 or > KeysMax)
        {
            throw new SettingException(path, "keys", $"{entries.Count} keys are not 1 to {KeysMax}", "Make one with 'keys create'.");
        }

        var keys = new List<ApiKey>(entries.Count);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (entry, at) in entries.Select((e, i) => (e ?? Empty, $"keys[{i}]")))
        {
            if (!FieldErrors.IsId(entry.Id ?? "") || !ids.Add(entry.Id!))
            {
                throw new SettingException(path, $"{at}.id", $"'{entry.Id}' is no id of its own", "Use letters, digits, '-', '_', '.' and ':', each once.");
            }

            var role = entry.Role switch
            {
                "customer" => ApiRole.Customer,
                "monitor" => ApiRole.Monitor,
                "operator" => ApiRole.Operator,
                _ => throw new SettingException(path, $"{at}.role", $"'{entry.Role}' is no role", "Write customer, monitor or operator."),
            };
            if (entry.RequestsPerSecond is <= 0 or > RateMax)
            {
                throw new SettingException(path, $"{at}.requestsPerSecond", $"{entry.RequestsPerSecond} is not 1 to {RateMax}", "Correct or remove it.");
            }

            keys.Add(new ApiKey(entry.Id!, role, Hash(path, at, entry.Hash), entry.RequestsPerSecond));
        }

        return keys;
    }

    private static byte[] Hash(string path, string at, string? text)
    {
        var hash = new byte[HashBytes];
        return Convert.FromHexString(text ?? "", hash, out _, out var written) == System.Buffers.OperationStatus.Done && written == HashBytes
            ? hash
            : throw new SettingException(path, $"{at}.hash", "is no SHA-256 in hexadecimal digits", "Let 'keys create' write it.");
    }

    private sealed record Content(IReadOnlyList<Entry?>? Keys);

    private sealed record Entry(string? Id, string? Role, string? Hash, int? RequestsPerSecond);
}
