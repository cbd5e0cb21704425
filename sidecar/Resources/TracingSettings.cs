namespace Sidecar.Resources;

/// <summary>
/// spec.tracing of a Configuration. Source: Dapr docs, "Configuration spec"; Dapr 1.18.3, pkg/config/configuration.go (TracingSpec).
/// </summary>
/// <param name="SamplingRate">Fraction of new traces that are sampled, 0 to 1. A caller's decision holds whatever it is.</param>
public sealed record TracingSettings(double SamplingRate)
{
    /// <summary>zipkin.endpointAddress: a Zipkin collector's address with its path; null for none.</summary>
    public Uri? Zipkin { get; init; }

    /// <summary>otel: an OTLP collector; null for none.</summary>
    public OtelSettings? Otel { get; init; }

    /// <summary>stdout: each span is a line of the sidecar's log.</summary>
    public bool Stdout { get; init; }
}

/// <summary>How a collector speaks OTLP.</summary>
public enum OtelProtocol
{
    /// <summary>gRPC.</summary>
    Grpc,

    /// <summary>Protobuf over HTTP.</summary>
    Http,
}

/// <summary>spec.tracing.otel.</summary>
/// <param name="EndpointAddress">Host and port.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="IsSecure">TLS.</param>
public sealed record OtelSettings(string EndpointAddress, OtelProtocol Protocol, bool IsSecure)
{
    /// <summary>Headers of every request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Limit of one request; null for the default of 10 s.</summary>
    public TimeSpan? Timeout { get; init; }
}
