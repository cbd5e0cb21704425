using System.Security.Cryptography;
using System.Text;
using Sidecar.Components.Redis;

namespace Sidecar.Components.StateRedis;

/// <summary>
/// The script that writes: first looks at all versions, then writes all values, in one step of the server. A value is a hash with the fields that
/// Dapr uses: <c>data</c>, <c>version</c>, and <c>first-write</c> once it was written with that option. Source of the rules: components-contrib
/// 1.18, state/redis.
/// </summary>
internal static class RedisStateScript
{
    /// <summary>Arguments per write: operation, expected version ("0" for none), data, whether it is a first write, time to live.</summary>
    private const int ArgumentsPerWrite = 5;

    private const string Set = "set";
    private const string Delete = "del";

    // The answer is the number of the write that was refused, or 0. What is no hash is replaced, as in Dapr.
    private const string Text =
        """
        local function refused(i, base)
          local expected = ARGV[base + 2]
          local version = redis.pcall('HGET', KEYS[i], 'version')
          if not version or type(version) == 'table' or version == '' or version == expected then return false end
          if expected ~= '0' then return true end
          return ARGV[base + 1] == 'set' and (ARGV[base + 4] == '1' or redis.call('HEXISTS', KEYS[i], 'first-write') == 1)
        end
        for i = 1, #KEYS do
          if refused(i, (i - 1) * 5) then return i end
        end
        for i = 1, #KEYS do
          local key, base = KEYS[i], (i - 1) * 5
          if ARGV[base + 1] == 'del' then
            redis.call('DEL', key)
          else
            local kind = redis.call('TYPE', key).ok
            if kind ~= 'hash' and kind ~= 'none' then redis.call('DEL', key) end
            redis.call('HSET', key, 'data', ARGV[base + 3])
            if ARGV[base + 4] == '1' then redis.call('HSET', key, 'first-write', 0) end
            redis.call('HINCRBY', key, 'version', 1)
            local ttl = tonumber(ARGV[base + 5])
            if ttl > 0 then redis.call('EXPIRE', key, ttl) elseif ttl == 0 then redis.call('PERSIST', key) end
          end
        end
        return 0
        """;

    // The name under which the server keeps a script is its SHA-1.
#pragma warning disable CA5350
    private static readonly string Sha = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(Text)));
#pragma warning restore CA5350

    /// <summary>Runs it.</summary>
    /// <param name="client">The server.</param>
    /// <param name="writes">The writes.</param>
    /// <param name="ttlSeconds">Time to live where a write has none; null for none.</param>
    /// <returns>Index of the write that was refused; -1 where all were carried out.</returns>
    public static async Task<int> RunAsync(RedisClient client, IReadOnlyList<StateWrite> writes, int? ttlSeconds)
    {
        var command = new RedisArgument[3 + (writes.Count * (1 + ArgumentsPerWrite))];
        command[0] = "EVALSHA";
        command[1] = Sha;
        command[2] = writes.Count;
        for (var i = 0; i < writes.Count; i++)
        {
            command[3 + i] = writes[i].Key;
            Fill(command.AsSpan(3 + writes.Count + (i * ArgumentsPerWrite), ArgumentsPerWrite), writes[i], ttlSeconds);
        }
        try
        {
            return (int)(await client.ExecuteAsync(command)).Number - 1;
        }
        // A server that was restarted, or told to forget its scripts; it learns this one by running it once.
        catch (RedisErrorException exception) when (exception.Code == "NOSCRIPT")
        {
            command[0] = "EVAL";
            command[1] = Text;
            return (int)(await client.ExecuteAsync(command)).Number - 1;
        }
    }

    private static void Fill(Span<RedisArgument> arguments, StateWrite write, int? ttlSeconds)
    {
        arguments[0] = write.Value is null ? Delete : Set;
        arguments[1] = write.ETag ?? "0";
        arguments[2] = write.Value ?? ReadOnlyMemory<byte>.Empty;
        arguments[3] = write.FirstWrite ? "1" : "0";
        arguments[4] = write.TtlSeconds ?? ttlSeconds ?? -1; // -1: leave it as it is, as Dapr does on Redis
    }
}
