using System.Text;

namespace Sidecar.Invocation;

/// <summary>Which app a request is for, and which of its paths.</summary>
/// <param name="AppId">The app's id as the caller wrote it, or the base URL of something outside (<c>http://...</c>).</param>
/// <param name="Method">The method path, unescaped, without a leading slash: the key of policies.</param>
/// <param name="EscapedPath">The same path for the wire, with a leading slash.</param>
internal readonly record struct InvocationTarget(string AppId, string Method, string EscapedPath)
{
    private const string AppIdHeader = "dapr-app-id";
    private const string Prefix = "/v1.0/invoke/";
    private const string MethodSeparator = "/method/";

    /// <summary>
    /// Reads it from the <c>dapr-app-id</c> header, from basic authentication with that name as the user
    /// (<c>http://dapr-app-id:{app}@...</c>), or from <c>/v1.0/invoke/{app}/method/{path}</c>.
    /// </summary>
    /// <returns>Null where none of them names an app.</returns>
    public static InvocationTarget? Read(HttpRequest request, string rawPath)
    {
        if (request.Headers[AppIdHeader] is [{ Length: > 0 } appId, ..])
        {
            return Create(appId, rawPath.AsSpan(1));
        }
        if (request.Headers.Authorization is [{ } authorization, ..] && FromBasic(authorization) is { } named)
        {
            return Create(named, rawPath.AsSpan(1));
        }
        if (!rawPath.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }
        var rest = rawPath.AsSpan(Prefix.Length);
        var separator = rest.IndexOf(MethodSeparator);
        return separator <= 0 ? null : Create(Http.RequestPath.Unescape(rest[..separator]), rest[(separator + MethodSeparator.Length)..]);
    }

    /// <summary>Makes it from a path that did not come in a request line, so that it may hold anything.</summary>
    public static InvocationTarget OfMethod(string appId, string method) => Cleaned(appId, method);

    private static InvocationTarget Create(string appId, ReadOnlySpan<char> rawMethod)
    {
        if (IsPlain(rawMethod))
        {
            var method = rawMethod.ToString();
            return new(appId, method, "/" + method);
        }
        return Cleaned(appId, rawMethod);
    }

    // As daprd does: unescape first, then take out "." and ".." and empty segments, so that the path that policies are looked up by is
    // the path that the app sees.
    private static InvocationTarget Cleaned(string appId, ReadOnlySpan<char> rawMethod)
    {
        var clean = Clean(Http.RequestPath.Unescape(rawMethod));
        return new(appId, string.Join('/', clean), "/" + string.Join('/', clean.Select(Uri.EscapeDataString)));
    }

    private static bool IsPlain(ReadOnlySpan<char> path) =>
        !path.Contains('%') && !path.StartsWith("/") && !path.EndsWith("/") && !path.Contains("//", StringComparison.Ordinal)
        && !path.StartsWith(".") && !path.Contains("/.", StringComparison.Ordinal);

    private static List<string> Clean(string path)
    {
        var clean = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            switch (segment)
            {
                case "" or ".":
                    break;
                case "..":
                    if (clean.Count > 0)
                    {
                        clean.RemoveAt(clean.Count - 1);
                    }
                    break;
                default:
                    clean.Add(segment);
                    break;
            }
        }
        return clean;
    }

    private static string? FromBasic(string authorization)
    {
        const string scheme = "Basic ";
        Span<byte> bytes = stackalloc byte[256];
        if (!authorization.StartsWith(scheme, StringComparison.Ordinal)
            || !Convert.TryFromBase64Chars(authorization.AsSpan(scheme.Length), bytes, out var length))
        {
            return null;
        }
        var parts = Encoding.UTF8.GetString(bytes[..length]).Split(':');
        return parts is [var user, { Length: > 0 } appId] && user.Equals(AppIdHeader, StringComparison.OrdinalIgnoreCase) ? appId : null;
    }
}
