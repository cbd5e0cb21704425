namespace Sidecar.Hosting;

/// <summary>
/// One call is one request on the wire. .NET's HTTP client sends a request without content again, up to three times, where the server ends
/// the connection without an answer: a DELETE, or a POST without a body, would be done again although no policy says so. A request with
/// content, even an empty one, it sends once.
/// </summary>
internal static class OneAttempt
{
    /// <summary>Makes sure of it; the request then says <c>Content-Length: 0</c> where it has no body.</summary>
    public static HttpRequestMessage Of(HttpRequestMessage request)
    {
        request.Content ??= new ByteArrayContent([]);
        return request;
    }
}
