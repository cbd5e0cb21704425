// Without nullable annotations, as the official type is.
#nullable disable

namespace Dapr;

/// <summary>How <c>UseCloudEvents</c> unwraps envelopes.</summary>
public class CloudEventsMiddlewareOptions
{
    /// <summary>
    /// Whether data of a content type other than JSON is handed on as the JSON text that it is inside the envelope,
    /// quotes included. By default the text itself is handed on.
    /// </summary>
    public bool SuppressJsonDecodingOfTextPayloads { get; set; }

    /// <summary>
    /// Whether the envelope's other attributes are handed on as request headers <c>Cloudevent.{name}</c>. Never data,
    /// datacontenttype, pubsubname and traceparent.
    /// </summary>
    public bool ForwardCloudEventPropertiesAsHeaders { get; set; }

    /// <summary>The attributes to hand on; null for all but the excluded ones.</summary>
    public string[] IncludedCloudEventPropertiesAsHeaders { get; set; }

    /// <summary>
    /// The attributes not to hand on; without effect where <see cref="IncludedCloudEventPropertiesAsHeaders"/> is set.
    /// </summary>
    public string[] ExcludedCloudEventPropertiesFromHeaders { get; set; }
}
