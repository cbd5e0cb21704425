namespace Sidecar.PubSub;

/// <summary>The <c>rawPayload</c> switch in a publish request's or a subscription's metadata.</summary>
internal static class RawPayload
{
    /// <summary>
    /// Reads the switch; false as return value means that <paramref name="value"/> is no boolean in Go's forms.
    /// </summary>
    public static bool TryRead(IReadOnlyDictionary<string, string> metadata, out bool isRaw, out string value)
    {
        value = metadata.GetValueOrDefault("rawPayload") ?? "";
        isRaw = value is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return isRaw || value is "" or "0" or "f" or "F" or "false" or "FALSE" or "False";
    }
}
