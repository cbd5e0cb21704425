using Tests.Contract.Hosting;

[assembly: AssemblyFixture(typeof(DaprFixture))]

namespace Tests.Contract.Hosting;

/// <summary>
/// The endpoint under test: the one that DAPR_HTTP_ENDPOINT names (a real daprd, or a running embedded sidecar), else an embedded
/// sidecar in this process. State tests use the store that DAPR_STATE_STORE names, by default <c>statestore</c>.
/// </summary>
public sealed class DaprFixture : IAsyncLifetime
{
    private static int _keys;

    private EmbeddedSidecar? _embedded;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Names of the state stores to run the state tests on; read before the fixture starts.</summary>
    public static IReadOnlyList<string> Stores => Endpoint is null ? ["statestore", "memstore"] : [Environment.GetEnvironmentVariable("DAPR_STATE_STORE") ?? "statestore"];

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
            _embedded = await EmbeddedSidecar.StartAsync();
            Client = _embedded.Client;
            return;
        }
        Client = new HttpClient { BaseAddress = new Uri(Endpoint) };
        if (Environment.GetEnvironmentVariable("DAPR_API_TOKEN") is { Length: > 0 } token)
        {
            Client.DefaultRequestHeaders.Add("dapr-api-token", token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_embedded is null)
        {
            Client.Dispose();
        }
        else
        {
            await _embedded.DisposeAsync();
        }
    }

    private static string? Endpoint => Environment.GetEnvironmentVariable("DAPR_HTTP_ENDPOINT") is { Length: > 0 } value ? value : null;
}
