using System.Text.Json.Nodes;
using Tests.Contract.Hosting;

namespace Tests.Contract.JavaScript;

/// <summary>
/// The official JavaScript SDK as client, by HTTP and gRPC, of the endpoint under test: the one that DAPR_HTTP_ENDPOINT and
/// DAPR_GRPC_ENDPOINT name, else an embedded sidecar with a broker. One for all tests of a class.
/// </summary>
public sealed class JavaScriptEndpoint(DaprFixture dapr) : IAsyncLifetime
{
    private EmbeddedSidecar? _sidecar;
    private JavaScriptSdk _sdk = null!;

    /// <summary>The state store to use.</summary>
    public static string Store => DaprFixture.Store;

    /// <summary>The sidecar in this process; skips the test where the endpoint is another one.</summary>
    public EmbeddedSidecar Embedded(string reason)
    {
        Assert.SkipWhen(_sidecar is null, $"DAPR_HTTP_ENDPOINT is set: {reason}");
        return _sidecar!;
    }

    public async ValueTask InitializeAsync()
    {
        _sdk = await JavaScriptSdk.StartAsync("sdk.mjs");
        _sidecar = dapr.IsEmbedded ? await EmbeddedSidecar.StartAsync(new SidecarOptions { Brokers = SidecarOptions.OneBroker }) : null;
        await _sdk.CallAsync(
            "connect",
            (_sidecar?.Client ?? dapr.Client).BaseAddress!.Port,
            (_sidecar?.Grpc ?? dapr.Grpc).Address.Port,
            dapr.IsEmbedded ? null : DaprFixture.ApiToken);
    }

    /// <summary>Calls a function of a client, for example <c>("GRPC", "state", "get", store, key)</c>.</summary>
    /// <exception cref="JavaScriptException">The SDK says that it failed.</exception>
    internal Task<JsonNode?> UseAsync(string protocol, string block, string name, params object?[] arguments) =>
        _sdk.CallAsync("use", [protocol, block, name, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        if (_sdk is not null)
        {
            await _sdk.DisposeAsync();
        }
        if (_sidecar is not null)
        {
            await _sidecar.DisposeAsync();
        }
    }
}
