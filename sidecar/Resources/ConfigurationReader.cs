using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>
/// Reads kind <c>Configuration</c>: spec.tracing, spec.metrics, spec.workflow.stateRetentionPolicy and spec.accessControl; everything else that Dapr
/// has is refused by name.
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
        TracingSettings? tracing = null;
        MetricsSettings? metrics = null;
        WorkflowRetentionPolicy? retention = null;
        AccessControl? access = null;
        if (document.Map("spec") is { } spec)
        {
            if (spec.Map("tracing") is { } section)
            {
                tracing = TracingReader.Read(section);
            }

            // The first is its name of old.
            foreach (var name in new[] { "metric", "metrics" })
            {
                metrics = spec.Map(name) is { } part ? MetricsReader.Read(part) : metrics;
            }

            if (spec.Map("workflow") is { } workflow)
            {
                retention = WorkflowRetentionReader.Read(workflow);
            }

            if (spec.Map("accessControl") is { } control)
            {
                access = AccessControlReader.Read(control);
            }

            foreach (var field in spec.Keys.Where(k => k is not ("tracing" or "metric" or "metrics" or "workflow" or "accessControl")))
            {
                spec.Unsupported(
                    field,
                    "Remove it; of a Configuration only spec.tracing, spec.metrics, spec.workflow.stateRetentionPolicy and spec.accessControl are "
                    + "supported.");
            }

            spec.Finish();
        }

        document.Finish();
        return new ConfigurationResource(header.Name, tracing, retention, document.File) { Metrics = metrics, AccessControl = access };
    }
}
