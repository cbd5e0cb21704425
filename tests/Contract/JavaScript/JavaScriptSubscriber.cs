using System.Text.Json.Nodes;
using Sidecar.Hosting;
using Tests.Contract.Hosting;
using Tests.Servers;

namespace Tests.Contract.JavaScript;

/// <summary>
/// The official JavaScript SDK as subscriber server and as client of its own sidecar. On a real Dapr it listens where DAPR_APP_PORT says
/// that daprd looks for its app, and counts on a retry policy for <c>pubsub</c>, as components/policies has one.
/// </summary>
public sealed class JavaScriptSubscriber(DaprFixture dapr) : IAsyncLifetime
{
    private const string Retries = """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata:
          name: retries
        spec:
          policies:
            retries:
              again:
                policy: constant
                duration: 20ms
                maxRetries: 3
          targets:
            components:
              pubsub:
                inbound:
                  retry: again
        """;

    private readonly string _prefix = DaprFixture.Key("js-sub");
    private AppChannel? _channel;
    private EmbeddedSidecar? _sidecar;
    private JavaScriptSdk _sdk = null!;

    public async ValueTask InitializeAsync()
    {
        var given = Environment.GetEnvironmentVariable("DAPR_APP_PORT");
        Assert.SkipWhen(!dapr.IsEmbedded && string.IsNullOrEmpty(given), "DAPR_HTTP_ENDPOINT is set and DAPR_APP_PORT is not");
        _sdk = await JavaScriptSdk.StartAsync("sdk.mjs");
        var port = dapr.IsEmbedded ? LoopbackPort.Free() : int.Parse(given!);
        if (dapr.IsEmbedded)
        {
            _channel = new AppChannel("app-a", port, token: null);
            _sidecar = await EmbeddedSidecar.StartAsync(
                new SidecarOptions { App = _channel, Brokers = SidecarOptions.OneBroker, Resiliency = Retries });
        }
        var http = (_sidecar?.Client ?? dapr.Client).BaseAddress!.Port;
        var token = dapr.IsEmbedded ? null : DaprFixture.ApiToken;
        await _sdk.CallAsync("startServer", port, http, token, "pubsub", _prefix);
        await _sdk.CallAsync("connect", http, (_sidecar?.Grpc ?? dapr.Grpc).Address.Port, token);
        if (_sidecar is not null)
        {
            _channel!.SetReady(true);
            await _sidecar.SubscribeAsync();
        }
    }

    /// <summary>Publishes to one of the topics.</summary>
    internal Task<JsonNode?> PublishAsync(string protocol, string topic, object? data, object? options = null) =>
        _sdk.CallAsync("use", protocol, "pubsub", "publish", "pubsub", $"{_prefix}-{topic}", data, options);

    /// <summary>Publishes a list to one of the topics; the failures.</summary>
    internal Task<JsonNode?> PublishBulkAsync(string protocol, string topic, params object[] data) =>
        _sdk.CallAsync("use", protocol, "pubsub", "publishBulk", "pubsub", $"{_prefix}-{topic}", data);

    /// <summary>What the callback of a topic (and route) was given so far, each as JSON.</summary>
    internal async Task<IReadOnlyList<string>> ReceivedAsync(string name) =>
        [.. (await _sdk.CallAsync("received", name))!.AsArray().Select(static data => data?.ToJsonString() ?? "null")];

    /// <summary>Waits until the callback has been given that often what the predicate picks; answers with it.</summary>
    internal async Task<IReadOnlyList<string>> WaitAsync(string name, Func<string, bool> isMine, int count)
    {
        IReadOnlyList<string> all = [];
        await Eventually.HoldsAsync(
            async () => (all = await ReceivedAsync(name)).Count(isMine) >= count,
            () => $"{name} was given {all.Count(isMine)} of {count}: {string.Join(", ", all)}\n{_sdk.Log}");
        return [.. all.Where(isMine)];
    }

    /// <summary>Calls a function of a client.</summary>
    internal Task<JsonNode?> UseAsync(string protocol, string block, string name, params object?[] arguments) =>
        _sdk.CallAsync("use", [protocol, block, name, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        if (_sidecar is not null)
        {
            await _sidecar.DisposeAsync();
        }
        _channel?.Dispose();
        if (_sdk is not null)
        {
            await _sdk.DisposeAsync();
        }
    }
}
