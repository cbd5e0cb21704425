using System.Collections.Frozen;
using System.Reflection;

namespace Sidecar.Zipkin.Http;

/// <summary>The pages under /zipkin/: static files of this assembly, which ask the query API. Addresses are those of Zipkin's own.</summary>
internal static class TracePages
{
    private const string Root = "/zipkin/";
    private const string Document = "index.html";
    private const string ResourcePrefix = "zipkin/";

    // Nothing from elsewhere, and no script or style in the page itself: whatever a span is named, it cannot become one.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, byte[]> Files = Load();

    public static void Map(WebApplication server)
    {
        server.MapGet("/", Redirect);
        // Routing takes an address with and without a slash at its end for one; what the page names is relative to the one with it.
        server.MapGet(Root + "{**path}", static http => http.Request.RouteValues["path"] is string path
            ? WriteAsync(http, path)
            : http.Request.Path.Value == Root ? WriteAsync(http, string.Empty) : Redirect(http));
    }

    private static FrozenDictionary<string, byte[]> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(static n => n.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToFrozenDictionary(static n => n[ResourcePrefix.Length..], n => Read(assembly, n), StringComparer.Ordinal);
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Task Redirect(HttpContext http)
    {
        http.Response.Redirect(Root);
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext http, string path)
    {
        // One document for every view; it reads its address. A file that is not there is not a view.
        var name = Path.HasExtension(path) ? path : Document;
        if (!Files.TryGetValue(name, out var bytes))
        {
            return TextAnswer.WriteAsync(http, StatusCodes.Status404NotFound, $"/zipkin/{path} not found");
        }

        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        http.Response.ContentType = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        };
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }
}
