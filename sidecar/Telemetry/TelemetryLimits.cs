namespace Sidecar.Telemetry;

/// <summary>Limits of what the sidecar tells about itself.</summary>
internal static class TelemetryLimits
{
    /// <summary>Spans that wait for one exporter; further ones are dropped and counted. About 1 KB each: 8 MB for each exporter of an app.</summary>
    public const int WaitingMax = 8192;

    /// <summary>Spans in one request. About 700 bytes each as JSON: 360 KB, far below Zipkin's limit.</summary>
    public const int BatchMax = 512;

    /// <summary>How long the first span of a batch waits for others: a trace is seen soon after, and a busy sidecar makes few requests.</summary>
    public static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Limit of one export, as of OpenTelemetry's exporters.</summary>
    public static readonly TimeSpan ExportTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long the last spans may take at a stop.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);
}
