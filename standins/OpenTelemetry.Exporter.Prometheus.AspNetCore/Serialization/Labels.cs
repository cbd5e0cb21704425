using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Serialization;

/// <summary>
/// Writes labels. Source: prometheus.io/docs/instrumenting/exposition_formats: in values backslash, quotation mark and line feed are escaped; keys
/// that become the same name share one label, their values in the order of the keys, with <c>;</c> between (OpenTelemetry specification,
/// "Prometheus and OpenMetrics Compatibility", Metric Attributes).
/// </summary>
internal static class Labels
{
    /// <summary>The labels of a series: of its meter, and its own.</summary>
    public static string Of(Metric metric, ReadOnlyTagCollection tags, bool withScope)
    {
        var labels = new List<KeyValuePair<string, object?>>();
        if (withScope)
        {
            labels.Add(new("otel_scope_name", metric.MeterName));
            if (!string.IsNullOrEmpty(metric.MeterVersion))
            {
                labels.Add(new("otel_scope_version", metric.MeterVersion));
            }

            foreach (var tag in metric.MeterTags ?? [])
            {
                // A meter's tag cannot say what the meter is called.
                if (tag.Key is not ("name" or "version" or "schema_url"))
                {
                    labels.Add(new("otel_scope_" + tag.Key, tag.Value));
                }
            }
        }

        foreach (var tag in tags)
        {
            labels.Add(tag);
        }

        return Of(labels);
    }

    /// <summary>Labels, without braces; empty for none.</summary>
    public static string Of(IEnumerable<KeyValuePair<string, object?>> labels)
    {
        var text = new StringBuilder();
        foreach (var group in labels.Where(l => l.Key is not null).GroupBy(l => KeyOf(l.Key), StringComparer.Ordinal))
        {
            text.Append(text.Length == 0 ? "" : ",").Append(group.Key).Append("=\"");
            var isFirst = true;
            foreach (var label in group.OrderBy(l => l.Key, StringComparer.Ordinal))
            {
                text.Append(isFirst ? "" : ";");
                Escape(text, ValueOf(label.Value));
                isFirst = false;
            }

            text.Append('"');
        }

        return text.ToString();
    }

    /// <summary>Escapes a value of a label; and in OpenMetrics a HELP text as well.</summary>
    public static void Escape(StringBuilder text, string value, bool withQuotationMarks = true)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '"' when withQuotationMarks => text.Append("\\\""),
                _ => text.Append(c),
            };
        }
    }

    // Of a label a colon is replaced, too: it is for the names of recorded rules.
    private static string KeyOf(string key) => key.Length == 0 ? "_" : MetricName.Sanitize(key.Replace(':', '_'));

    private static string ValueOf(object? value) => value switch
    {
        null => "",
        bool isTrue => isTrue ? "true" : "false",
        IFormattable number => number.ToString(format: null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
