using System.Diagnostics.Tracing;

namespace OpenTelemetry.Exporter.Zipkin.Implementation;

/// <summary>What the exporter has to say; OpenTelemetry's self-diagnostics listens to every source of this prefix.</summary>
[EventSource(Name = "OpenTelemetry-Exporter-Zipkin")]
internal sealed class ZipkinExporterEventSource : EventSource
{
    public static readonly ZipkinExporterEventSource Log = new();

    [NonEvent]
    public void FailedExport(Exception exception)
    {
        if (IsEnabled(EventLevel.Error, EventKeywords.All))
        {
            FailedExport(exception.ToString());
        }
    }

    [Event(1, Message = "Failed to export activities: '{0}'", Level = EventLevel.Error)]
    public void FailedExport(string exception) => WriteEvent(1, exception);

    [Event(2, Message = "Unsupported attribute type '{0}' for '{1}'. Attribute will not be exported.", Level = EventLevel.Warning)]
    public void UnsupportedAttributeType(string type, string key) => WriteEvent(2, type, key);

    [Event(3, Message = "Configuration key '{0}' has an invalid value: '{1}'", Level = EventLevel.Warning)]
    public void InvalidConfigurationValue(string key, string value) => WriteEvent(3, key, value);
}
