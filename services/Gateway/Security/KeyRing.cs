using System.Security.Cryptography;
using System.Text;
using ServiceDefaults.Hosting;

namespace Gateway.Security;

/// <summary>
/// The keys that are good now. The file is looked at again where it has changed, so that a key can be given and taken without a restart;
/// where it has become wrong, the keys before stay good and the log says so.
/// </summary>
internal sealed partial class KeyRing(string? path, TimeProvider time, ILogger<KeyRing> logger)
{
    /// <summary>A taken key is good for so long at most.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // No key is longer, and nothing longer is worth hashing.
    private const int KeyCharsMax = 128;

    private readonly Lock gate = new();
    private IReadOnlyList<ApiKey> keys = path is null ? [] : ApiKeyFile.Read(path);
    private DateTime changed = Changed(path);
    private long looked = time.GetTimestamp();

    /// <summary>False where no keys are configured: then everybody who reaches the gateway may do everything.</summary>
    public bool IsClosed => path is not null;

    /// <summary>The key that was shown; null where it is none of ours.</summary>
    public ApiKey? Find(string shown)
    {
        Refresh();
        if (shown.Length is 0 or > KeyCharsMax)
        {
            return null;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(shown));
        ApiKey? found = null;
        foreach (var key in keys)
        {
            // All are compared, each in constant time.
            found = CryptographicOperations.FixedTimeEquals(hash, key.Hash) ? key : found;
        }

        return found;
    }

    private static DateTime Changed(string? path) => path is null ? default : ApiKeyFile.At(path).LastWriteTimeUtc;

    private void Refresh()
    {
        if (path is null || time.GetElapsedTime(Volatile.Read(ref looked)) < LookEvery)
        {
            return;
        }

        lock (gate)
        {
            Volatile.Write(ref looked, time.GetTimestamp());
            try
            {
                var now = Changed(path);
                if (now == changed)
                {
                    return;
                }

                changed = now;
                keys = ApiKeyFile.Read(path);
                LogRead(keys.Count);
            }
            catch (Exception e) when (e is SettingException or IOException or UnauthorizedAccessException)
            {
                LogKept(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "API keys read again: {Count}")]
    private partial void LogRead(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "API keys are not as they should be, those read before stay good: {Problem}")]
    private partial void LogKept(string problem);
}
