using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OpenTelemetry.Exporter.Zipkin.Implementation;

/// <summary>Attribute values as Zipkin's tags, which are text: numbers without regard to culture, arrays as JSON.</summary>
internal static class TagText
{
    /// <summary>The text of a value; null where it has none, and the tag is left out.</summary>
    public static string? Of(string key, object? value)
    {
        try
        {
            return value switch
            {
                null => null,
                string text => text,
                bool flag => flag ? "true" : "false",
                float number => ((double)number).ToString(CultureInfo.InvariantCulture),
                Array array => Json(array),
                _ => Convert.ToString(value, CultureInfo.InvariantCulture),
            };
        }
        catch (Exception)
        {
            // ToString is the application's code, and the other tags of the span are good.
            ZipkinExporterEventSource.Log.UnsupportedAttributeType(value!.GetType().ToString(), key);
            return null;
        }
    }

    private static string Json(Array array)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var item in array)
            {
                WriteItem(json, item);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static void WriteItem(Utf8JsonWriter json, object? item)
    {
        switch (item)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case float or double:
                json.WriteNumberValue(Convert.ToDouble(item, CultureInfo.InvariantCulture));
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(item, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteStringValue(Convert.ToString(item, CultureInfo.InvariantCulture));
                break;
        }
    }
}
