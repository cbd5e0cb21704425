using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Components.PubSubRedis;
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
    public async Task<RigOptions> OnRedisAsync(RigOptions options)
    {
        if (options.InMemory)
        {
            return options;
        }
        var component = RedisBroker.Define(await DatabaseAsync(), ("concurrency", $"{options.Concurrency}"));
        var context = new ComponentContext(Path.GetTempPath(), TimeProvider.System, NullLoggerFactory.Instance);
        return options with { Broker = (component, () => RedisPubSub.CreateAsync(component, context, CancellationToken.None)) };
    }

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
