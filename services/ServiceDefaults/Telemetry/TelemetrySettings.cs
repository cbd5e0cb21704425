using System.Globalization;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;
using ServiceDefaults.Hosting;

namespace ServiceDefaults.Telemetry;

/// <summary>
/// OpenTelemetry's standard variables, as far as the app itself reads them (OpenTelemetry's specification, "Environment Variable Specification");
/// of the others only the ones are checked that would else be ignored in silence.
/// </summary>
/// <param name="IsOff">OTEL_SDK_DISABLED.</param>
/// <param name="TraceExporters">OTEL_TRACES_EXPORTER: zipkin, otlp, none; several with commas.</param>
/// <param name="MetricsToOtlp">OTEL_METRICS_EXPORTER names otlp; besides /metrics, which is there always.</param>
/// <param name="Sampler">OTEL_TRACES_SAMPLER; null for the app's own.</param>
/// <param name="SamplerArgument">OTEL_TRACES_SAMPLER_ARG: a probability, or traces a second for the app's own sampler.</param>
internal sealed record TelemetrySettings(
    bool IsOff, IReadOnlyList<string> TraceExporters, bool MetricsToOtlp, string? Sampler, double? SamplerArgument)
{
    public const string Zipkin = "zipkin";
    public const string Otlp = "otlp";
    public const string Nothing = "none";

    /// <summary>Name of the app's own sampler: parent-based, and roots so many a second.</summary>
    public const string RateLimiting = "parentbased_ratelimiting";

    /// <summary>
    /// New traces a second. Sketch: a trace of an order has some 60 spans of 1 kB, sidecars included, so 10 a second are 600 kB/s for Zipkin.
    /// </summary>
    public const double TracesPerSecond = 10;

    private const string Environment = "environment";
    private static readonly string[] Samplers =
    [
        RateLimiting, "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
    ];

    private static readonly string[] Addresses =
    [
        "OTEL_EXPORTER_ZIPKIN_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    ];

    private static readonly string[] Protocols =
        ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"];

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="SettingException">One of them is wrong.</exception>
    public static TelemetrySettings Read(IConfiguration configuration)
    {
        var isOff = OneOf(configuration, "OTEL_SDK_DISABLED", "false", ["true", "false"]) == "true";
        foreach (var name in Addresses)
        {
            CheckAddress(configuration, name);
        }

        foreach (var name in Protocols)
        {
            OneOf(configuration, name, "grpc", ["grpc", "http/protobuf"]);
        }

        CheckResource(configuration);
        var sampler = Text(configuration, "OTEL_TRACES_SAMPLER") is null ? null : OneOf(configuration, "OTEL_TRACES_SAMPLER", RateLimiting, Samplers);
        return new TelemetrySettings(
            isOff,
            Several(configuration, "OTEL_TRACES_EXPORTER", Zipkin, [Zipkin, Otlp, Nothing]),
            Several(configuration, "OTEL_METRICS_EXPORTER", "prometheus", ["prometheus", Otlp, Nothing]).Contains(Otlp),
            sampler == RateLimiting ? null : sampler,
            Argument(configuration, sampler));
    }

    /// <summary>The sampler.</summary>
    /// <param name="isPublic">
    /// True for the public door: whoever comes from outside may ask for a trace (a traceparent that is sampled), and gets it as far as the rate
    /// allows.
    /// </param>
    /// <param name="time">Clock.</param>
    public Sampler CreateSampler(bool isPublic, TimeProvider time) => new AppSampler(Sampler switch
    {
        null => new ParentBasedSampler(
            new RootSampler(NewRate(time)),

            // A rate of their own: neither do they take the others' traces, nor others theirs.
            remoteParentSampled: isPublic ? NewRate(time) : new AlwaysOnSampler()),
        "always_on" => new AlwaysOnSampler(),
        "always_off" => new AlwaysOffSampler(),
        "traceidratio" => new TraceIdRatioBasedSampler(SamplerArgument ?? 1),
        "parentbased_always_on" => new ParentBasedSampler(new AlwaysOnSampler()),
        "parentbased_always_off" => new ParentBasedSampler(new AlwaysOffSampler()),
        _ => new ParentBasedSampler(new TraceIdRatioBasedSampler(SamplerArgument ?? 1)),
    });

    private RateLimitingSampler NewRate(TimeProvider time) => new(SamplerArgument ?? TracesPerSecond, time);

    private static double? Argument(IConfiguration configuration, string? sampler)
    {
        const string Name = "OTEL_TRACES_SAMPLER_ARG";
        if (Text(configuration, Name) is not { } text)
        {
            return null;
        }

        var isRate = sampler is null or RateLimiting;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= 0 && double.IsFinite(number) && (isRate || number <= 1)
            ? number
            : throw new SettingException(
                Environment,
                Name,
                $"'{text}' is no number of that kind",
                isRate ? "Write new traces a second, from 0." : "Write a probability from 0 to 1.");
    }

    private static void CheckAddress(IConfiguration configuration, string name)
    {
        if (Text(configuration, name) is { } text
            && !(Uri.TryCreate(text, UriKind.Absolute, out var address)
                && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)))
        {
            throw new SettingException(Environment, name, $"'{text}' is no address", "Write http://HOST:PORT, with the path where there is one.");
        }
    }

    private static void CheckResource(IConfiguration configuration)
    {
        const string Name = "OTEL_RESOURCE_ATTRIBUTES";
        foreach (var pair in (Text(configuration, Name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (pair.IndexOf('=', StringComparison.Ordinal) <= 0)
            {
                throw new SettingException(Environment, Name, $"'{pair}' is no attribute", "Write name=value, several with commas.");
            }
        }
    }

    private static string OneOf(IConfiguration configuration, string name, string unlessSet, IReadOnlyList<string> known) =>
        Known(name, Text(configuration, name) ?? unlessSet, known);

    private static IReadOnlyList<string> Several(IConfiguration configuration, string name, string unlessSet, IReadOnlyList<string> known)
    {
        var given = (Text(configuration, name) ?? unlessSet).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(g => Known(name, g, known)).Distinct(StringComparer.Ordinal).ToList();
        return given is not [_, _, ..] || !given.Contains(Nothing)
            ? given
            : throw new SettingException(Environment, name, "names none beside others", "Write none alone, or leave it out.");
    }

    private static string Known(string name, string given, IReadOnlyList<string> known) =>
        known.FirstOrDefault(k => k.Equals(given, StringComparison.OrdinalIgnoreCase))
        ?? throw new SettingException(Environment, name, $"'{given}' is not known here", $"Write one of {string.Join(", ", known)}.");

    // Empty is as good as not there (OpenTelemetry's specification).
    private static string? Text(IConfiguration configuration, string name) => configuration[name] is { Length: > 0 } text ? text.Trim() : null;
}
