using System.Text.Json;
using Sidecar.PubSub.Envelopes;

namespace Sidecar.PubSub.Delivery;

/// <summary>What an app's answer says about a message.</summary>
internal enum Verdict
{
    /// <summary>Done.</summary>
    Success,

    /// <summary>Deliver it again, as the policy allows.</summary>
    Retry,

    /// <summary>Never again: to the dead-letter topic, or away.</summary>
    Drop,
}

/// <summary>
/// Reads answers to deliveries. Source: recordings of daprd 1.18, and Dapr docs, "Pub/sub API reference".
/// </summary>
internal static class Replies
{
    /// <summary>
    /// The answer to a single delivery with a 2xx status. Anything that has no status is a success: an empty body,
    /// other JSON, text. An unknown status is a retry; so is one in lower case.
    /// </summary>
    public static Verdict OfSingle(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return Verdict.Success;
        }
        try
        {
            using var document = GoJson.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && Text(document.RootElement, "status") is { Length: > 0 } status
                ? Of(status)
                : Verdict.Success;
        }
        catch (JsonException)
        {
            return Verdict.Success;
        }
    }

    /// <summary>
    /// The answer to a bulk delivery with a 2xx status: the verdict by entry id. Entries without a status are not
    /// in it: the caller delivers them again, as Dapr does; null where the body is not such an answer at all.
    /// </summary>
    public static Dictionary<string, Verdict>? OfBulk(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = GoJson.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }
            var verdicts = new Dictionary<string, Verdict>(StringComparer.Ordinal);
            if (Find(document.RootElement, "statuses") is not { ValueKind: JsonValueKind.Array } statuses)
            {
                return verdicts;
            }
            foreach (var entry in statuses.EnumerateArray())
            {
                if (entry.ValueKind == JsonValueKind.Object && Text(entry, "entryId") is { } id)
                {
                    verdicts[id] = Text(entry, "status") is { Length: > 0 } status ? Of(status) : Verdict.Retry;
                }
            }
            return verdicts;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Verdict Of(string status) => status switch
    {
        "SUCCESS" => Verdict.Success,
        "DROP" => Verdict.Drop,
        _ => Verdict.Retry,
    };

    private static string? Text(JsonElement element, string name)
    {
        try
        {
            return Find(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("not valid text", exception);
        }
    }

    // Go matches names without case, and the last one wins.
    private static JsonElement? Find(JsonElement element, string name)
    {
        JsonElement? found = null;
        foreach (var property in element.EnumerateObject())
        {
            if (property.NameEquals(name) || property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                found = property.Value;
            }
        }
        return found;
    }
}
