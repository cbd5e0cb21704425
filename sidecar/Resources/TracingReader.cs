using System.Globalization;
using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>Reads spec.tracing of a Configuration.</summary>
internal static class TracingReader
{
    private static readonly Dictionary<string, OtelProtocol> Protocols = new(StringComparer.Ordinal)
    {
        ["grpc"] = OtelProtocol.Grpc,
        ["http"] = OtelProtocol.Http,
    };

    /// <summary>Reads the section.</summary>
    /// <exception cref="ResourceException">A field is wrong.</exception>
    public static TracingSettings Read(YamlMap tracing)
    {
        var settings = new TracingSettings(SamplingRate(tracing))
        {
            Zipkin = tracing.Map("zipkin") is { } zipkin ? Zipkin(zipkin) : null,
            Otel = tracing.Map("otel") is { } otel ? Otel(otel) : null,
            Stdout = tracing.Boolean("stdout") ?? false,
        };
        tracing.Finish();
        return settings;
    }

    private static double SamplingRate(YamlMap tracing)
    {
        // Dapr takes it as text or number, and 1 where tracing is configured without it.
        var text = tracing.AnyScalar("samplingRate");
        if (string.IsNullOrEmpty(text))
        {
            return 1;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)
            && rate is >= 0 and <= 1
            ? rate
            : throw tracing.Error(
                "samplingRate",
                $"'{text}' is not a fraction",
                "Write a number from 0 (none) to 1 (all), for example \"0.1\".");
    }

    // Dapr takes a section without an address for none.
    private static Uri? Zipkin(YamlMap zipkin)
    {
        const string Field = "endpointAddress";
        var text = zipkin.Text(Field);
        zipkin.Finish();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw zipkin.Error(
                Field, $"'{text}' is not an address", "Write the collector's whole address: http://localhost:9411/api/v2/spans.");
    }

    private static OtelSettings? Otel(YamlMap otel)
    {
        var address = otel.Text("endpointAddress");
        var protocol = otel.Choice("protocol", Protocols);
        var isSecure = otel.Boolean("isSecure") ?? true;
        var timeout = GoDuration.Read(otel, "timeout");
        var headers = otel.Maps("headers").Select(Header).ToList();
        otel.Finish();
        if (string.IsNullOrEmpty(address))
        {
            return null;
        }

        // Dapr then exports nothing and says nothing.
        if (protocol is not { } spoken)
        {
            throw otel.Error("protocol", "is missing", "Add it: 'protocol: grpc' or 'protocol: http'.");
        }

        return Uri.TryCreate($"http://{address}", UriKind.Absolute, out var parsed) && parsed is { PathAndQuery: "/", UserInfo: "" }
            ? new OtelSettings(address, spoken, isSecure) { Headers = headers, Timeout = timeout }
            : throw otel.Error("endpointAddress", $"'{address}' is not a host and port", "Write it without scheme and path: localhost:4317.");
    }

    private static KeyValuePair<string, string> Header(YamlMap header)
    {
        var name = header.RequiredText("name", "x-api-key");
        header.Unsupported("secretKeyRef", "Write the value itself.");
        header.Unsupported("envRef", "Write the value itself.");
        var value = header.RequiredText("value", "\"secret\"");
        header.Finish();
        return new(name, value);
    }
}
