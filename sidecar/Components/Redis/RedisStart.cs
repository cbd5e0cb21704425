using Sidecar.Resources;

namespace Sidecar.Components.Redis;

/// <summary>Opens a component's client; what goes wrong becomes an error that names file and field.</summary>
internal static class RedisStart
{
    // XAUTOCLAIM, and XADD with MINID.
    private static readonly Version Oldest = new(6, 2);

    /// <summary>Connects, and looks at the server's version.</summary>
    /// <exception cref="ResourceException">The server cannot be reached, refuses us, or is too old.</exception>
    public static async Task<RedisClient> OpenAsync(
        RedisMetadata metadata, RedisOptions options, ComponentContext context, CancellationToken cancellationToken)
    {
        RedisClient client;
        try
        {
            client = await RedisClient.OpenAsync(options, context.Time, context.Loggers.CreateLogger<RedisClient>(), cancellationToken);
        }
        catch (RedisUnavailableException exception)
        {
            throw metadata.Error("redisHost", exception.Message, "Start the server there, or name the one that runs");
        }
        catch (RedisErrorException exception)
            when (exception.Code is "WRONGPASS" or "NOAUTH" or "NOPERM" || exception.Message.Contains("AUTH", StringComparison.Ordinal))
        {
            throw metadata.Error(
                "redisPassword", $"redis at {options.Address} refuses it: {exception.Message}",
                "Set redisPassword (and redisUsername) to what the server expects");
        }
        catch (RedisException exception)
        {
            throw metadata.Error(
                "redisHost", $"redis at {options.Address} refuses the connection: {exception.Message}", "Mend the server, redisDB or enableTLS");
        }
        if (await VersionAsync(client) is { } version && version < Oldest)
        {
            await client.DisposeAsync();
            throw metadata.Error("redisHost", $"redis at {options.Address} is version {version}", $"Use {Oldest} or a newer one");
        }
        return client;
    }

    // Null where the server does not tell: some hosted ones forbid it.
    private static async Task<Version?> VersionAsync(RedisClient client)
    {
        const string Name = "redis_version:";
        try
        {
            var lines = (await client.ExecuteAsync("INFO", "server")).Text.Split("\r\n");
            var line = lines.FirstOrDefault(static l => l.StartsWith(Name, StringComparison.Ordinal));
            return Version.TryParse(line?[Name.Length..], out var version) ? version : null;
        }
        catch (RedisException)
        {
            return null;
        }
    }
}
