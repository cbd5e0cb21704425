using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Dapr.Common.Serialization;

/// <summary>JSON; null is the empty text, not <c>null</c>.</summary>
public class JsonDaprSerializer : IDaprSerializer
{
    private readonly JsonSerializerOptions options;

    /// <summary>With <see cref="JsonSerializerDefaults.Web"/>, fields included.</summary>
    public JsonDaprSerializer()
        : this(new JsonSerializerOptions(JsonSerializerDefaults.Web) { IncludeFields = true })
    {
    }

    /// <summary>With options of the caller's.</summary>
    /// <param name="options">The options; they are not changed.</param>
    public JsonDaprSerializer(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options.TypeInfoResolver is null
            ? new JsonSerializerOptions(options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() }
            : options;
    }

    /// <inheritdoc />
    public string Serialize<T>(T value) =>
        value is null ? string.Empty : JsonSerializer.Serialize(value, options);

    /// <inheritdoc />
    public string Serialize(object? value, Type? inputType = null) =>
        value is null ? string.Empty : JsonSerializer.Serialize(value, inputType ?? value.GetType(), options);

    /// <inheritdoc />
    public T? Deserialize<T>(string? data) =>
        string.IsNullOrEmpty(data) ? default : JsonSerializer.Deserialize<T>(data, options);

    /// <summary>The UTF-8 text of <paramref name="value"/>, empty for null.</summary>
    /// <typeparam name="T">The type to write it as.</typeparam>
    /// <param name="value">The value.</param>
    public byte[] SerializeToUtf8Bytes<T>(T value) =>
        value is null ? [] : JsonSerializer.SerializeToUtf8Bytes(value, options);

    /// <summary>The value of a UTF-8 text, the type's default for an empty one.</summary>
    /// <typeparam name="T">The type to read.</typeparam>
    /// <param name="utf8Json">The text.</param>
    public T? DeserializeFromUtf8Bytes<T>(ReadOnlySpan<byte> utf8Json) =>
        utf8Json.IsEmpty ? default : JsonSerializer.Deserialize<T>(utf8Json, options);

    /// <inheritdoc />
    public object? Deserialize(string? data, Type returnType)
    {
        ArgumentNullException.ThrowIfNull(returnType);
        return string.IsNullOrEmpty(data) ? null : JsonSerializer.Deserialize(data, returnType, options);
    }
}
