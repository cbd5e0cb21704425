namespace Dapr.Client.Http;

/// <summary>Header names and media types of the Dapr HTTP API.</summary>
internal static class SidecarHeaders
{
    public const string ApiToken = "dapr-api-token";

    /// <summary>Prefix of metadata, both in a request's query and in an answer's headers.</summary>
    public const string MetadataPrefix = "metadata.";

    public const string Json = "application/json";
    public const string CloudEventsJson = "application/cloudevents+json";
    public const string OctetStream = "application/octet-stream";
    public const string PlainText = "text/plain; charset=utf-8";
}
