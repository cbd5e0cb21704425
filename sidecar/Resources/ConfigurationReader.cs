using System.Globalization;
using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>
/// Reads kind <c>Configuration</c>: spec.tracing, spec.workflow.stateRetentionPolicy and spec.accessControl; everything else that Dapr has is refused by name.
/// </summary>
public static class ConfigurationReader
{
    /// <summary>Reads the one Configuration of a file (configFilePath).</summary>
    /// <exception cref="ResourceException">The file is wrong, or not a configuration.</exception>
    public static ConfigurationResource ReadFile(string path)
    {
        var documents = YamlFile.Read(path);
        if (documents.Count != 1)
        {
            throw new ResourceException(
                YamlFile.Display(path),
                "(file)",
                $"holds {documents.Count} documents",
                "Keep one Configuration in it.");
        }

        var header = ResourceHeader.Read(documents[0]);
        return header.Kind == "Configuration"
            ? Read(documents[0], header)
            : throw documents[0].Error(
                "kind", $"'{header.Kind}' is not a configuration", "Name a file with kind: Configuration.");
    }

    internal static ConfigurationResource Read(YamlMap document, ResourceHeader header)
    {
        double? rate = null;
        WorkflowRetentionPolicy? retention = null;
        AccessControl? access = null;
        if (document.Map("spec") is { } spec)
        {
            if (spec.Map("tracing") is { } tracing)
            {
                rate = SamplingRate(tracing);
                if (tracing.Has("zipkin"))
                {
                    throw tracing.Error(
                        "zipkin", "this sidecar does not export spans yet", "Remove spec.tracing.zipkin.");
                }

                if (tracing.Boolean("stdout") is true)
                {
                    throw tracing.Error(
                        "stdout", "true is not supported by the embedded sidecar", "Write false, or remove it.");
                }

                tracing.Unsupported("otel", "Remove it; the apps export their own spans.");
                tracing.Finish();
            }

            if (spec.Map("workflow") is { } workflow)
            {
                retention = WorkflowRetentionReader.Read(workflow);
            }

            if (spec.Map("accessControl") is { } section)
            {
                access = AccessControlReader.Read(section);
            }

            foreach (var field in spec.Keys.Where(k => k is not ("tracing" or "workflow" or "accessControl")))
            {
                spec.Unsupported(
                    field,
                    "Remove it; of a Configuration only spec.tracing, spec.workflow.stateRetentionPolicy and spec.accessControl are supported.");
            }

            spec.Finish();
        }

        document.Finish();
        return new ConfigurationResource(header.Name, rate, retention, document.File) { AccessControl = access };
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
}
