using System.Text.Json;

namespace Sidecar.Components.Dispatch;

/// <summary>Finds the subject of a CloudEvent without building a document.</summary>
internal static class EventSubject
{
    /// <summary>
    /// The top-level <c>subject</c> of a JSON object; null where there is none, or where the bytes are something
    /// else.
    /// </summary>
    public static string? Read(ReadOnlySpan<byte> data)
    {
        // Almost all messages without a subject are told apart by this scan alone.
        if (data.IndexOf("\"subject\""u8) < 0)
        {
            return null;
        }
        var reader = new Utf8JsonReader(data);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals("subject"u8);
                reader.Read();
                if (found)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }
                reader.Skip();
            }
            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // a raw payload: not JSON, or not valid text
        }
    }
}
