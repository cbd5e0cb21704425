// Without nullable annotations, as the official type is.
#nullable disable

using System.Text.Json.Serialization;

namespace Dapr;

/// <summary>
/// A published event that brings its own CloudEvents attributes. It goes out as <c>application/cloudevents+json</c>.
/// The sidecar fills in specversion and time, but no id: whoever needs one (deduplication) adds it in a subclass. What a
/// subclass adds is written when the event is published as that subclass, since JSON is written by the declared type.
/// </summary>
public class CloudEvent
{
    /// <summary>Where the event comes from.</summary>
    [JsonPropertyName("source")]
    public Uri Source { get; init; }

    /// <summary>What happened, such as <c>order.placed.v1</c>.</summary>
    [JsonPropertyName("type")]
    public string Type { get; init; }

    /// <summary>What it happened to.</summary>
    [JsonPropertyName("subject")]
    public string Subject { get; init; }
}

/// <summary>A <see cref="CloudEvent"/> with data.</summary>
/// <typeparam name="TData">Type of the data, which is written as JSON.</typeparam>
/// <param name="data">The data.</param>
public class CloudEvent<TData>(TData data) : CloudEvent
{
    /// <summary>The data.</summary>
    public TData Data { get; } = data;

    /// <summary>Always JSON.</summary>
    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; } = "application/json";
}
