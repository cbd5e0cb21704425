using System.Text.Json;

namespace Dapr.Client.Http;

/// <summary>One value on its way to a state store.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; null is left out.</param>
/// <param name="ETag">The ETag that the stored value must have; null for any.</param>
/// <param name="Options">How to do it.</param>
/// <param name="Metadata">Metadata for the state store.</param>
/// <param name="IsBytes">Whether the value is bytes that are already written.</param>
internal readonly record struct StateItem<TValue>(
    string Key,
    TValue Value,
    string? ETag,
    StateOptions? Options,
    IReadOnlyDictionary<string, string>? Metadata,
    bool IsBytes = false)
{
    public void Write(Utf8JsonWriter writer, JsonSerializerOptions json)
    {
        writer.WriteStartObject();
        writer.WriteString("key"u8, Key);
        if (Value is not null)
        {
            writer.WritePropertyName("value"u8);
            WriteValue(writer, json);
        }

        if (ETag is not null)
        {
            writer.WriteString("etag"u8, ETag);
        }

        DaprHttpClient.WriteMetadata(writer, Metadata);
        if (Options is not null)
        {
            writer.WriteStartObject("options"u8);
            if (Options.Concurrency is { } concurrency)
            {
                writer.WriteString("concurrency"u8, StateWords.Of(concurrency));
            }

            if (Options.Consistency is { } consistency)
            {
                writer.WriteString("consistency"u8, StateWords.Of(consistency));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter writer, JsonSerializerOptions json)
    {
        if (!IsBytes)
        {
            JsonSerializer.Serialize(writer, Value, json);
        }
        else if (Value is byte[] array)
        {
            JsonBytes.Write(writer, array);
        }
        else if (Value is ReadOnlyMemory<byte> memory)
        {
            JsonBytes.Write(writer, memory.Span);
        }
    }
}

/// <summary>The API's words for <see cref="StateOptions"/>.</summary>
internal static class StateWords
{
    public static string Of(ConcurrencyMode mode) => mode switch
    {
        ConcurrencyMode.FirstWrite => "first-write",
        ConcurrencyMode.LastWrite => "last-write",
        _ => throw new ArgumentException($"{mode} Concurrency Mode is not supported."),
    };

    public static string Of(ConsistencyMode mode) => mode switch
    {
        ConsistencyMode.Eventual => "eventual",
        ConsistencyMode.Strong => "strong",
        _ => throw new ArgumentException($"{mode} Consistency Mode is not supported."),
    };
}
