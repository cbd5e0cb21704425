using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Zipkin.Implementation;

namespace OpenTelemetry.Trace;

/// <summary>Adds the exporter to a tracer provider.</summary>
public static class ZipkinExporterHelperExtensions
{
    /// <summary>Exports to the collector that the environment names.</summary>
    [Obsolete(ZipkinExporter.ObsoleteNote)]
    public static TracerProviderBuilder AddZipkinExporter(this TracerProviderBuilder builder) =>
        AddZipkinExporter(builder, name: null, configure: null);

    /// <summary>Exports with options that <paramref name="configure"/> changes.</summary>
    [Obsolete(ZipkinExporter.ObsoleteNote)]
    public static TracerProviderBuilder AddZipkinExporter(this TracerProviderBuilder builder, Action<ZipkinExporterOptions> configure) =>
        AddZipkinExporter(builder, name: null, configure);

    /// <summary>Exports with the options of that name, which <paramref name="configure"/> changes.</summary>
    [Obsolete(ZipkinExporter.ObsoleteNote)]
    public static TracerProviderBuilder AddZipkinExporter(
        this TracerProviderBuilder builder, string? name, Action<ZipkinExporterOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        name ??= Options.DefaultName;
        builder.ConfigureServices(services =>
        {
            if (configure is not null)
            {
                services.Configure(name, configure);
            }

            services.AddOptions();
            services.TryAddTransient<IOptionsFactory<ZipkinExporterOptions>, ZipkinOptionsFactory>();
        });
        return builder.AddProcessor(services => Build(services.GetRequiredService<IOptionsMonitor<ZipkinExporterOptions>>().Get(name), services));
    }

    private static BaseProcessor<Activity> Build(ZipkinExporterOptions options, IServiceProvider services)
    {
        if (options.HttpClientFactory == ZipkinExporterOptions.DefaultHttpClientFactory)
        {
            options.HttpClientFactory = () => NamedClient.Create(services) ?? new HttpClient();
        }

        var exporter = new ZipkinExporter(options);
        var batch = options.BatchExportProcessorOptions;
        return options.ExportProcessorType == ExportProcessorType.Simple
            ? new SimpleActivityExportProcessor(exporter)
            : new BatchActivityExportProcessor(
                exporter, batch.MaxQueueSize, batch.ScheduledDelayMilliseconds, batch.ExporterTimeoutMilliseconds, batch.MaxExportBatchSize);
    }
}
