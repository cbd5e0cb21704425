using Microsoft.Extensions.Configuration;
using ServiceDefaults.Hosting;
using ServiceDefaults.Telemetry;

namespace Tests.Unit.ServiceDefaults.Telemetry;

public sealed class TelemetrySettingsTests
{
    [Fact]
    public void without_any_setting_spans_go_to_zipkin_and_metrics_wait_to_be_scraped()
    {
        var settings = Read();

        (settings.IsOff, settings.MetricsToOtlp, settings.Sampler).ShouldBe((false, false, null));
        settings.TraceExporters.ShouldBe(["zipkin"]);
    }

    [Theory]
    [InlineData("otlp", "otlp")]
    [InlineData("OTLP", "otlp")]
    [InlineData("zipkin, otlp", "zipkin otlp")]
    [InlineData("otlp,otlp", "otlp")]
    [InlineData("none", "none")]
    [InlineData("", "zipkin")]
    public void exporters_are_a_list(string given, string read) =>
        string.Join(' ', Read(("OTEL_TRACES_EXPORTER", given)).TraceExporters).ShouldBe(read);

    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData("false", false)]
    [InlineData("", false)]
    public void everything_can_be_switched_off(string given, bool isOff) => Read(("OTEL_SDK_DISABLED", given)).IsOff.ShouldBe(isOff);

    [Theory]
    [InlineData("OTEL_TRACES_EXPORTER", "zipkins", "zipkin, otlp, none")]
    [InlineData("OTEL_TRACES_EXPORTER", "none,otlp", "none alone")]
    [InlineData("OTEL_METRICS_EXPORTER", "console", "prometheus, otlp, none")]
    [InlineData("OTEL_SDK_DISABLED", "yes", "true, false")]
    [InlineData("OTEL_EXPORTER_ZIPKIN_ENDPOINT", "localhost:9411", "http://HOST:PORT")]
    [InlineData("OTEL_EXPORTER_ZIPKIN_ENDPOINT", "/api/v2/spans", "http://HOST:PORT")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "http://HOST:PORT")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "grpc, http/protobuf")]
    [InlineData("OTEL_TRACES_SAMPLER", "jaeger_remote", "parentbased_ratelimiting, always_on")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "many", "traces a second")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "-1", "traces a second")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "production", "name=value")]
    public void a_wrong_value_is_refused_by_name_with_the_remedy(string name, string value, string remedy)
    {
        var refused = Should.Throw<SettingException>(() => Read((name, value)));

        refused.Message.ShouldStartWith($"environment: {name}: ");
        refused.Message.ShouldContain(remedy);
    }

    [Fact]
    public void a_probability_of_more_than_one_is_refused() => Should.Throw<SettingException>(
        () => Read(("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "10"))).Message.ShouldContain("from 0 to 1");

    private static TelemetrySettings Read(params (string Name, string? Value)[] variables) => TelemetrySettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(variables.Select(v => KeyValuePair.Create(v.Name, v.Value))).Build());
}
