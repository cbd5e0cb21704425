using Microsoft.AspNetCore.Http.Features;

namespace Sidecar.Http;

/// <summary>
/// Takes paths apart as they came over the wire, still escaped: the server's decoded path cannot tell <c>%2F</c> in a state key from
/// a slash between segments, nor <c>%252F</c> from <c>%2F</c>.
/// </summary>
internal static class RequestPath
{
    /// <summary>The escaped path without the query.</summary>
    public static string Raw(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/'))
        {
            // "*" of OPTIONS, or an absolute URL as proxies get it.
            return http.Request.Path.HasValue ? http.Request.Path.ToUriComponent() : "/";
        }
        var end = target.IndexOf('?');
        return end < 0 ? target : target[..end];
    }

    /// <summary>Splits off the first segment; false where it or the rest is empty.</summary>
    public static bool TrySplit(ReadOnlySpan<char> path, out ReadOnlySpan<char> first, out ReadOnlySpan<char> rest)
    {
        var slash = path.IndexOf('/');
        first = slash < 0 ? path : path[..slash];
        rest = slash < 0 ? [] : path[(slash + 1)..];
        return !first.IsEmpty && !rest.IsEmpty;
    }

    /// <summary>The segment's text. Malformed escapes stay as they are.</summary>
    public static string Unescape(ReadOnlySpan<char> segment) =>
        segment.Contains('%') ? Uri.UnescapeDataString(segment) : segment.ToString();
}
