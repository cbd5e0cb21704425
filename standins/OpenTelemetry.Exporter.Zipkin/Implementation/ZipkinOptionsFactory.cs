using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace OpenTelemetry.Exporter.Zipkin.Implementation;

/// <summary>Begins options with the application's configuration, which holds the environment, instead of the environment alone.</summary>
internal sealed class ZipkinOptionsFactory(
    IConfiguration configuration,
    IOptionsMonitor<BatchExportActivityProcessorOptions> batch,
    IEnumerable<IConfigureOptions<ZipkinExporterOptions>> setups,
    IEnumerable<IPostConfigureOptions<ZipkinExporterOptions>> postSetups,
    IEnumerable<IValidateOptions<ZipkinExporterOptions>> validations)
    : OptionsFactory<ZipkinExporterOptions>(setups, postSetups, validations)
{
    protected override ZipkinExporterOptions CreateInstance(string name) => new(configuration, batch.Get(name));
}
