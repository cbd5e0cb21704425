using Tests.Contract.Hosting;
using Tests.Servers;
using Wire.Grpc;

[assembly: AssemblyFixture(typeof(DaprFixture))]

namespace Tests.Contract.Hosting;

/// <summary>
/// The endpoint under test: the one that DAPR_HTTP_ENDPOINT names (a real daprd, or a running embedded sidecar), else an embedded
/// sidecar in this process. State tests use the store that DAPR_STATE_STORE names, by default <c>statestore</c>; workflow tests the gRPC
/// port that DAPR_GRPC_ENDPOINT names.
/// </summary>
public sealed class DaprFixture : IAsyncLifetime
{
    /// <summary>Name of the embedded sidecar's <c>state.redis</c>, whose answers differ where those of Dapr's stores differ.</summary>
    public const string RedisStore = "redisstore";

    private const string NoRedis = "redis-server is not installed (Debian: apt-get install redis-server)";

    private static int _keys;

    private EmbeddedSidecar? _embedded;
    private RedisServer? _redis;
    private GrpcChannel? _grpc;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The gRPC port of the endpoint; skips the test where it is not told.</summary>
    public GrpcChannel Grpc
    {
        get
        {
            Assert.SkipWhen(_grpc is null, "DAPR_HTTP_ENDPOINT is set and DAPR_GRPC_ENDPOINT is not");
            return _grpc!;
        }
    }

    /// <summary>Names of the state stores to run the state tests on; read before the fixture starts. Redis is skipped where there is none.</summary>
    public static IReadOnlyList<TheoryDataRow<string>> Stores => Endpoint is null
        ? [new("statestore"), new("memstore"), new(RedisStore) { Skip = RedisProgram is null ? NoRedis : null }]
        : [new(Environment.GetEnvironmentVariable("DAPR_STATE_STORE") ?? "statestore")];

    /// <summary>The first of them, for tests that are about no store in particular.</summary>
    public static string Store => Stores[0].Data;

    /// <summary>The token that the endpoint asks for, or null.</summary>
    public static string? ApiToken => Read("DAPR_API_TOKEN");

    /// <summary>True where the endpoint is the sidecar in this process.</summary>
    public bool IsEmbedded => _embedded is not null;

    /// <summary>The sidecar in this process; skips the test where the endpoint is another one.</summary>
    public EmbeddedSidecar Embedded(string reason)
    {
        Assert.SkipWhen(_embedded is null, $"DAPR_HTTP_ENDPOINT is set: {reason}");
        return _embedded!;
    }

    /// <summary>A key that no other test and no earlier run uses.</summary>
    public static string Key(string name) => $"{name}-{TimeProvider.System.GetUtcNow().Ticks:x}-{Interlocked.Increment(ref _keys)}";

    public async ValueTask InitializeAsync()
    {
        if (Endpoint is null)
        {
            _embedded = await EmbeddedSidecar.StartAsync(await OptionsAsync());
            Client = _embedded.Client;
            _grpc = _embedded.Grpc;
            return;
        }
        Client = new HttpClient { BaseAddress = new Uri(Endpoint) };
        var token = ApiToken;
        if (token is not null)
        {
            Client.DefaultRequestHeaders.Add("dapr-api-token", token);
        }
        if (Read("DAPR_GRPC_ENDPOINT") is { } grpc)
        {
            _grpc = new GrpcChannel(new Uri(grpc), token is null ? null : [new("dapr-api-token", token)]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_embedded is null)
        {
            Client.Dispose();
            _grpc?.Dispose();
        }
        else
        {
            await _embedded.DisposeAsync();
        }
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    private async Task<SidecarOptions> OptionsAsync()
    {
        var options = new SidecarOptions();
        if (RedisProgram is null)
        {
            return options;
        }
        _redis = await RedisServer.StartAsync(RedisProgram);
        return options with
        {
            Stores = new Dictionary<string, (string Type, Dictionary<string, string> Metadata)>(options.Stores, StringComparer.Ordinal)
            {
                [RedisStore] = ("state.redis", new(StringComparer.Ordinal) { ["redisHost"] = _redis.Host }),
            },
        };
    }

    private static string? RedisProgram => Programs.Find(RedisServer.ProgramName);

    private static string? Endpoint => Read("DAPR_HTTP_ENDPOINT");

    private static string? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
