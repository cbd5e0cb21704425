using System.Text.Json;
using Sidecar.Components;
using Sidecar.Http;

namespace Sidecar.State;

/// <content>POST or PUT /v1.0/state/{store}/bulk.</content>
internal sealed partial class StateApi
{
    private async Task BulkGetAsync(HttpContext http, StateStoreEntry store)
    {
        string[] keys;
        IReadOnlyList<StateItem> items;
        try
        {
            using var body = await RequestBody.ReadAsync(http, runtime.MaxBodyBytes);
            if (!TryReadKeys(body.Memory, out keys, out var problem))
            {
                await Answers.Error(http, StateErrors.MalformedBody(problem));
                return;
            }
            var fullKeys = new string[keys.Length];
            for (var i = 0; i < keys.Length; i++)
            {
                if (store.FullKey(keys[i]) is not { } fullKey)
                {
                    await Answers.Error(http, StateErrors.IllegalKey(store.Name, keys[i]));
                    return;
                }
                fullKeys[i] = fullKey;
            }
            items = keys.Length == 0 ? [] : await store.ReadAsync(fullKeys);
        }
        catch (BodyTooLargeException exception)
        {
            await Answers.Error(http, StateErrors.MalformedBody(exception.Message));
            return;
        }
        // The edge, as above.
        catch (Exception exception) when (exception is not BadHttpRequestException)
        {
            await Answers.Error(http, StateErrors.BulkGet(exception));
            return;
        }
        var found = new Dictionary<string, StateItem>(items.Count, StringComparer.Ordinal);
        foreach (var item in items)
        {
            found[item.Key] = item;
        }
        await Answers.Ok(http, writer => WriteItems(writer, keys, key => found.GetValueOrDefault(store.FullKey(key)!)));
    }

    private static bool TryReadKeys(ReadOnlyMemory<byte> body, out string[] keys, out string problem)
    {
        keys = [];
        problem = "";
        try
        {
            using var document = JsonDocument.Parse(body, GoJson.Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                problem = GoJson.Mismatch(root, "http.BulkGetRequest");
                return false;
            }
            if (!root.TryGetProperty("keys"u8, out var list) || list.ValueKind == JsonValueKind.Null)
            {
                return true;
            }
            if (list.ValueKind != JsonValueKind.Array)
            {
                problem = GoJson.Mismatch(list, "BulkGetRequest.keys", "[]string");
                return false;
            }
            keys = new string[list.GetArrayLength()];
            var i = 0;
            foreach (var key in list.EnumerateArray())
            {
                if (key.ValueKind != JsonValueKind.String)
                {
                    problem = GoJson.Mismatch(key, "BulkGetRequest.keys", "string");
                    return false;
                }
                keys[i++] = key.GetString()!;
            }
            return true;
        }
        catch (Exception exception) when (GoJson.IsMalformed(exception))
        {
            problem = GoJson.Describe(exception, body.Span);
            return false;
        }
    }

    private static void WriteItems(Utf8JsonWriter writer, string[] keys, Func<string, StateItem?> find)
    {
        writer.WriteStartArray();
        foreach (var key in keys)
        {
            writer.WriteStartObject();
            writer.WriteString("key"u8, key);
            if (find(key) is { } item)
            {
                WriteData(writer, item.Value.Span);
                writer.WriteString("etag"u8, item.ETag);
                if (item.ExpiresAt is { } expiry)
                {
                    writer.WriteStartObject("metadata"u8);
                    writer.WriteString("ttlExpireTime"u8, Rfc3339(expiry));
                    writer.WriteEndObject();
                }
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    // By gRPC any bytes can be saved: what is not JSON must not make the whole answer unreadable. Nothing is no data, as in Dapr.
    private static void WriteData(Utf8JsonWriter writer, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return;
        }
        if (!IsJson(value))
        {
            writer.WriteString("error"u8, "the value is not JSON; get it by its key"u8);
            return;
        }
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(value, skipInputValidation: true);
    }

    private static bool IsJson(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = GoJson.Options.MaxDepth });
        try
        {
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
