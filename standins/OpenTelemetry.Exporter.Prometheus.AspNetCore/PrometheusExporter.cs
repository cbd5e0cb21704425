using System.Collections.Concurrent;
using OpenTelemetry.Exporter.Serialization;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>
/// Gives what the SDK has collected to whoever scrapes. The reader calls <see cref="Export"/> within <see cref="Collect"/>, on the same thread.
/// </summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    // The SDK does not show what exporters a provider has.
    private static readonly ConcurrentBag<WeakReference<PrometheusExporter>> All = [];

    private readonly PrometheusAspNetCoreOptions options;
    private ScrapeFormat format;
    private byte[]? text;

    public PrometheusExporter(PrometheusAspNetCoreOptions options)
    {
        this.options = options;
        Scrapes = new SharedScrapes(Scrape, TimeSpan.FromMilliseconds(options.ScrapeResponseCacheDurationMilliseconds), TimeProvider.System);
        All.Add(new WeakReference<PrometheusExporter>(this));
    }

    /// <summary>The SDK's collection; set by its reader.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>The way to the text.</summary>
    public SharedScrapes Scrapes { get; }

    /// <summary>The exporter of a provider; null where it has none.</summary>
    public static PrometheusExporter? Of(MeterProvider provider) =>
        All.Select(e => e.TryGetTarget(out var exporter) ? exporter : null)
            .FirstOrDefault(e => e is not null && ReferenceEquals(e.ParentProvider, provider));

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var writer = new MetricsWriter(format, options);
        if (options.TargetInfoEnabled)
        {
            writer.WriteTarget(ParentProvider.GetResource());
        }

        writer.Write(Families.Of(batch, format, options));
        text = writer.End();
        return ExportResult.Success;
    }

    // One at a time.
    private byte[] Scrape(ScrapeFormat asked)
    {
        (format, text) = (asked, null);

        // False where an observed instrument failed as well: what the others say is there all the same.
        _ = Collect!(Timeout.Infinite);
        return text ?? throw new InvalidOperationException("The SDK has collected nothing: it has been shut down.");
    }
}
