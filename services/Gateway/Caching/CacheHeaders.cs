using System.Globalization;
using Consistency.Caching;

namespace Gateway.Caching;

/// <summary>What a client says about old answers, and is told about them. Sources: RFC 9111 (caching) and RFC 9211 (Cache-Status).</summary>
internal static class CacheHeaders
{
    private const string CacheStatus = "Cache-Status";
    private const string CacheName = "gateway";

    /// <summary>
    /// Oldest answer that the client takes: <c>Cache-Control: no-cache</c> wants none from the cache, <c>max-age=N</c> one of less than N seconds.
    /// </summary>
    public static TimeSpan MaxAge(HttpRequest request) =>
        request.GetTypedHeaders().CacheControl is not { } control ? TimeSpan.MaxValue
        : control.NoCache ? TimeSpan.Zero
        : control.MaxAge ?? TimeSpan.MaxValue;

    /// <summary>Tells the answer's age in seconds, and where it comes from.</summary>
    public static void Write<T>(HttpResponse response, CacheAnswer<T> answer, TimeSpan staleness)
    {
        if (answer.Outcome == CacheOutcome.Hit)
        {
            response.Headers.Age = Math.Floor(answer.Age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        response.Headers[CacheStatus] = answer.Outcome switch
        {
            CacheOutcome.Hit => $"{CacheName}; hit; ttl={Math.Floor((staleness - answer.Age).TotalSeconds).ToString(CultureInfo.InvariantCulture)}",
            CacheOutcome.Stale => $"{CacheName}; fwd=stale",
            CacheOutcome.Bypass => $"{CacheName}; fwd=request",
            _ => $"{CacheName}; fwd=uri-miss",
        } + (answer.Collapsed ? "; collapsed" : "");
    }
}
