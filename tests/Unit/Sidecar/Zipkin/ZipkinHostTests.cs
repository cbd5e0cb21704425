using System.Net.Http.Json;
using Tests.Servers;
using Tests.Unit.Sidecar.Hosting;
using Tests.Unit.StandIns.Zipkin;

namespace Tests.Unit.Sidecar.Zipkin;

/// <summary>A real <c>sidecar run</c> whose configuration names a Zipkin.</summary>
public sealed class ZipkinHostTests : IDisposable
{
    private readonly RunFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly int _httpPort = RunFolder.FreePort();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task where_nothing_listens_the_sidecar_is_the_zipkin_and_gets_its_own_spans()
    {
        var zipkin = $"http://localhost:{LoopbackPort.Free()}";
        await using var host = Start($"{zipkin}/api/v2/spans");

        await host.LineAsync($"INFO  sidecar nothing listens at Zipkin's address: traces are kept in memory here, see {zipkin}/zipkin/");
        await host.ReadyAsync();
        using (var call = new HttpRequestMessage(HttpMethod.Get, $"http://localhost:{_httpPort}/v1.0/invoke/orders/method/healthz"))
        {
            call.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            using var answer = await _http.SendAsync(call);
        }

        await Eventually.HoldsAsync(
            async () => await ServicesAsync(zipkin) is ["orders"], () => "the sidecar's span did not arrive");
        host.Signal("TERM");
        (await host.ExitAsync()).ShouldBe(0);
        await Should.ThrowAsync<HttpRequestException>(() => ServicesAsync(zipkin));
    }

    [Fact]
    public async Task where_a_zipkin_listens_spans_go_there()
    {
        await using var zipkin = await FakeCollector.StartAsync();
        await using var host = Start(zipkin.Endpoint.AbsoluteUri);

        await host.LineAsync($"INFO  sidecar something listens at {zipkin.Endpoint}: spans go there");
        await host.ReadyAsync();
    }

    [Fact]
    public async Task zipkin_off_opens_none()
    {
        var zipkin = $"http://localhost:{LoopbackPort.Free()}";
        await using var host = Start($"{zipkin}/api/v2/spans", "--zipkin", "off");
        await host.ReadyAsync();

        await Should.ThrowAsync<HttpRequestException>(() => ServicesAsync(zipkin));
        host.Count("Zipkin").ShouldBe(0);
    }

    private Task<string[]?> ServicesAsync(string zipkin) => _http.GetFromJsonAsync<string[]>($"{zipkin}/api/v2/services");

    private HostProcess Start(string endpoint, params string[] more)
    {
        _folder.With("app/configuration.yaml", $$"""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: {name: configuration}
            spec:
              tracing:
                samplingRate: "1"
                zipkin:
                  endpointAddress: {{endpoint}}
            """).WithRunFile($$"""
            version: 1
            common: {resourcesPaths: [resources]}
            apps:
              - appID: orders
                appDirPath: app
                appPort: {{RunFolder.FreePort()}}
                daprHTTPPort: {{_httpPort}}
                configFilePath: configuration.yaml
                command: {{RunFolder.TestAppCommand}}
            """);
        return new HostProcess(["-f", _folder.RunFile, "--data-dir", _folder.In("data"), .. more]);
    }
}
