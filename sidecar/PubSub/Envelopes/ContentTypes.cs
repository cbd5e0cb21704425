namespace Sidecar.PubSub.Envelopes;

/// <summary>
/// The content types that decide how a payload goes into its envelope. Parameters after <c>;</c> do not matter, nor
/// does case.
/// </summary>
internal static class ContentTypes
{
    /// <summary>An envelope.</summary>
    public const string CloudEvent = "application/cloudevents+json";

    /// <summary>JSON.</summary>
    public const string Json = "application/json";

    /// <summary>Bytes.</summary>
    public const string Binary = "application/octet-stream";

    /// <summary>What a payload without content type is taken for.</summary>
    public const string Default = "text/plain";

    /// <summary>The payload is an envelope already.</summary>
    public static bool IsCloudEvent(string? contentType) => Is(contentType, CloudEvent);

    /// <summary>
    /// The payload is parsed and embedded. Only this very type: daprd treats other <c>+json</c> types as text.
    /// </summary>
    public static bool IsJson(string? contentType) => Is(contentType, Json);

    /// <summary>The payload is embedded as base64.</summary>
    public static bool IsBinary(string? contentType) =>
        Is(contentType, Binary) || Is(contentType, "application/cloudevents+protobuf");

    /// <summary>The payload is text, as bulk publish understands it.</summary>
    public static bool IsText(string? contentType) =>
        contentType is not null && contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || Is(contentType, "application/xml");

    private static bool Is(string? contentType, string expected)
    {
        if (contentType is null || !contentType.StartsWith(expected, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        return contentType.Length == expected.Length || contentType[expected.Length] == ';';
    }
}
