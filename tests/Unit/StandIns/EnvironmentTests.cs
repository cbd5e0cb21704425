using Dapr;
using Dapr.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Unit.StandIns;

/// <summary>Alone, since these tests set variables of the process that others read.</summary>
[CollectionDefinition(nameof(EnvironmentTests), DisableParallelization = true)]
public sealed class EnvironmentCollection;

[Collection(nameof(EnvironmentTests))]
public sealed class EnvironmentTests : IDisposable
{
    private static readonly string[] Names =
    [
        DaprDefaults.DaprHttpEndpointEnvironmentVariableName,
        DaprDefaults.DaprHttpPortEnvironmentVariableName,
        DaprDefaults.DaprGrpcEndpointEnvironmentVariableName,
        DaprDefaults.DaprGrpcPortEnvironmentVariableName,
        DaprDefaults.DaprApiTokenEnvironmentVariableName,
        DaprDefaults.AppApiTokenEnvironmentVariableName,
    ];

    private readonly string?[] _before = [.. Names.Select(Environment.GetEnvironmentVariable)];

    public EnvironmentTests() => Array.ForEach(Names, name => Environment.SetEnvironmentVariable(name, null));

    public void Dispose()
    {
        for (var i = 0; i < Names.Length; i++)
        {
            Environment.SetEnvironmentVariable(Names[i], _before[i]);
        }
    }

    [Fact]
    public void without_any_setting_the_sidecar_is_on_this_host_at_the_usual_ports()
    {
        DaprDefaults.GetDefaultHttpEndpoint().ShouldBe("http://localhost:3500/");
        DaprDefaults.GetDefaultGrpcEndpoint().ShouldBe("http://localhost:50001/");
        DaprDefaults.GetDefaultDaprApiToken(null).ShouldBe("");
        DaprDefaults.GetDefaultAppApiToken(null).ShouldBe("");
    }

    [Fact]
    public void an_endpoint_beats_a_port()
    {
        Environment.SetEnvironmentVariable("DAPR_HTTP_PORT", "3601");
        Environment.SetEnvironmentVariable("DAPR_GRPC_PORT", "50002");
        DaprDefaults.GetDefaultHttpEndpoint().ShouldBe("http://localhost:3601/");
        DaprDefaults.GetDefaultGrpcEndpoint().ShouldBe("http://localhost:50002/");

        Environment.SetEnvironmentVariable("DAPR_HTTP_ENDPOINT", "https://dapr.example:8443/ignored");
        Environment.SetEnvironmentVariable("DAPR_GRPC_ENDPOINT", "http://dapr.example");
        DaprDefaults.GetDefaultHttpEndpoint().ShouldBe("https://dapr.example:8443/");
        DaprDefaults.GetDefaultGrpcEndpoint().ShouldBe("http://dapr.example:80/");
    }

    [Fact]
    public void configuration_beats_the_environment()
    {
        Environment.SetEnvironmentVariable("DAPR_HTTP_PORT", "3601");
        Environment.SetEnvironmentVariable("DAPR_API_TOKEN", "from-environment");
        var configuration = Configuration(("DAPR_HTTP_PORT", "3602"), ("DAPR_API_TOKEN", "from-configuration"));

        DaprDefaults.GetDefaultHttpEndpoint(configuration).ShouldBe("http://localhost:3602/");
        DaprDefaults.GetDefaultDaprApiToken(configuration).ShouldBe("from-configuration");
        DaprDefaults.GetDefaultDaprApiToken(Configuration()).ShouldBe("from-environment");
    }

    [Fact]
    public async Task a_builder_reads_the_environment()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        Environment.SetEnvironmentVariable("DAPR_HTTP_ENDPOINT", sidecar.Endpoint);
        Environment.SetEnvironmentVariable("DAPR_API_TOKEN", "secret");

        using var client = new DaprClientBuilder().Build();
        await client.CheckHealthAsync();
        using var http = DaprClient.CreateInvokeHttpClient("orders");
        await http.GetAsync("/a");

        sidecar.Requests.Count.ShouldBe(2);
        sidecar.Requests.ShouldAllBe(request => request["dapr-api-token"] == "secret");
    }

    [Fact]
    public async Task a_registered_client_reads_the_configuration_first()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        Environment.SetEnvironmentVariable("DAPR_HTTP_ENDPOINT", "http://localhost:1");
        Environment.SetEnvironmentVariable("DAPR_API_TOKEN", "from-environment");
        var services = new ServiceCollection();
        services.AddSingleton(Configuration(("DAPR_HTTP_ENDPOINT", sidecar.Endpoint), ("DAPR_API_TOKEN", "secret")));
        services.AddDaprClient();
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<DaprClient>().PublishEventAsync("pubsub", "orders", 1);

        sidecar.Request["dapr-api-token"].ShouldBe("secret");
    }

    [Fact]
    public void a_client_is_registered_once_and_as_asked()
    {
        var services = new ServiceCollection();
        services.AddDaprClient(builder => builder.UseHttpEndpoint("http://localhost:1"), ServiceLifetime.Scoped);
        services.AddDaprClient((_, builder) => builder.UseHttpEndpoint("http://localhost:2"));

        services.ShouldHaveSingleItem().Lifetime.ShouldBe(ServiceLifetime.Scoped);
    }

    [Fact]
    public async Task registration_can_use_other_services()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var services = new ServiceCollection();
        services.AddSingleton(new Uri(sidecar.Endpoint));
        services.AddDaprClient(
            (provider, builder) => builder.UseHttpEndpoint(provider.GetRequiredService<Uri>().AbsoluteUri));
        await using var provider = services.BuildServiceProvider();

        (await provider.GetRequiredService<DaprClient>().CheckHealthAsync()).ShouldBeTrue();
        provider.GetRequiredService<DaprClient>().ShouldBeSameAs(provider.GetRequiredService<DaprClient>());
    }

    [Fact]
    public async Task a_factory_client_points_at_the_sidecar()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var services = new ServiceCollection().AddHttpClient();
        await using var provider = services.BuildServiceProvider();

        using var http = DaprDefaults.CreateDefaultHttpClient(
            provider.GetRequiredService<IHttpClientFactory>(),
            Configuration(("DAPR_HTTP_ENDPOINT", sidecar.Endpoint), ("DAPR_API_TOKEN", "secret")));
        await http.GetAsync("v1.0/healthz");

        sidecar.Request.Line.ShouldBe("GET /v1.0/healthz");
        sidecar.Request["dapr-api-token"].ShouldBe("secret");
    }

    [Fact]
    public void endpoints_of_another_scheme_are_refused()
    {
        Should.Throw<InvalidOperationException>(() => new DaprClientBuilder().UseHttpEndpoint("ftp://x").Build());
        Should.Throw<InvalidOperationException>(() => new DaprClientBuilder().UseGrpcEndpoint("ftp://x").Build());
        Should.Throw<ArgumentException>(() => new DaprClientBuilder().UseHttpEndpoint(""));
    }

    private static IConfiguration Configuration(params (string Name, string Value)[] values) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(values.ToDictionary(value => value.Name, value => (string?)value.Value))
            .Build();
}
