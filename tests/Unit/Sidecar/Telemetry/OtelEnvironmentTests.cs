using Sidecar.Hosting;
using Sidecar.Resources;
using Sidecar.Telemetry;

namespace Tests.Unit.Sidecar.Telemetry;

public sealed class OtelEnvironmentTests
{
    [Theory]
    [InlineData("http://localhost:4317", null, "localhost:4317", OtelProtocol.Grpc, false)]
    [InlineData("https://collector:4318/", "http/protobuf", "collector:4318", OtelProtocol.Http, true)]
    [InlineData("collector:4317", "grpc", "collector:4317", OtelProtocol.Grpc, true)]
    public void a_collector_named_by_the_environment_gets_the_spans(string endpoint, string? protocol, string address, OtelProtocol spoken, bool secure)
    {
        var otel = AppTelemetry.Tracing(
            configured: null, Of(("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol))).ShouldNotBeNull().Otel.ShouldNotBeNull();

        (otel.EndpointAddress, otel.Protocol, otel.IsSecure).ShouldBe((address, spoken, secure));
    }

    [Fact]
    public void the_configuration_beats_the_environment()
    {
        var configured = new TracingSettings(0.5) { Otel = new OtelSettings("a:1", OtelProtocol.Grpc, IsSecure: true) };

        AppTelemetry.Tracing(configured, Of(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://b:2"))).ShouldBe(configured);
    }

    [Fact]
    public void the_sampling_rate_of_the_configuration_stays()
    {
        var settings = AppTelemetry.Tracing(new TracingSettings(0.5), Of(("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://b:2"), ("OTEL_EXPORTER_OTLP_HEADERS", "k=v%20w")));

        settings.ShouldNotBeNull().SamplingRate.ShouldBe(0.5);
        settings.Otel.ShouldNotBeNull().Headers.ShouldBe([new("k", "v w")]);
    }

    [Fact]
    public void one_variable_switches_everything_off() =>
        AppTelemetry.Tracing(new TracingSettings(1) { Stdout = true }, Of(("OTEL_SDK_DISABLED", "true"))).ShouldBeNull();

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "nonsense", "is not name=value")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "is not a number of milliseconds")]
    public void a_wrong_variable_is_told_by_name(string name, string value, string problem) =>
        Should.Throw<StartupException>(() => AppTelemetry.Tracing(null, Of(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://b:2"), (name, value))))
            .Message.ShouldSatisfyAllConditions(m => m.ShouldContain(name), m => m.ShouldContain(problem));

    private static Func<string, string?> Of(params (string Name, string? Value)[] variables) =>
        name => variables.FirstOrDefault(v => v.Name == name).Value;
}
