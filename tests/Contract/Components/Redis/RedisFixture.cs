using Tests.Contract.Components.Redis;
using Tests.Contract.PubSub;
using Tests.Servers;

[assembly: AssemblyFixture(typeof(RedisFixture))]

namespace Tests.Contract.Components.Redis;

/// <summary>One server for all tests that leave it alive; each has a database, or topics, of its own. Started by the first that asks.</summary>
public sealed class RedisFixture : IAsyncDisposable
{
    private const int Databases = 10_000;
    private readonly SemaphoreSlim _starting = new(1);
    private RedisServer? _server;
    private int _lastDatabase;

    /// <summary>Metadata that names the server and an empty database of it; skips the test where redis-server is not installed.</summary>
    public async Task<Dictionary<string, string>> DatabaseAsync()
    {
        var server = await ServerAsync();
        return new(StringComparer.OrdinalIgnoreCase)
        {
            ["redisHost"] = server.Host, ["redisDB"] = $"{Interlocked.Increment(ref _lastDatabase)}",
        };
    }

    /// <summary>A rig on pubsub.redis, with a database of its own; what the suites run in memory stays there.</summary>
    public async Task<RigOptions> OnRedisAsync(RigOptions options) =>
        options.InMemory ? options : options with { Component = ("pubsub.redis", await DatabaseAsync()) };

    internal async Task<RedisServer> ServerAsync()
    {
        var program = Needs.Redis();
        await _starting.WaitAsync();
        try
        {
            return _server ??= await RedisServer.StartAsync(program, null, "--databases", $"{Databases}");
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        _starting.Dispose();
    }
}
