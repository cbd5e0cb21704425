namespace Gateway.Security;

/// <summary>What every answer tells browsers and caches, unless the endpoint has said otherwise.</summary>
internal static class SecurityHeaders
{
    // Answers are data: nothing in them is to be run, framed or guessed at.
    private const string ContentPolicy = "default-src 'none'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use(static (http, next) =>
    {
        http.Response.OnStarting(static state =>
        {
            var headers = ((HttpContext)state).Response.Headers;
            Add(headers, "X-Content-Type-Options", "nosniff");
            Add(headers, "Content-Security-Policy", ContentPolicy);
            Add(headers, "Referrer-Policy", "no-referrer");
            Add(headers, "Cache-Control", "no-store");
            return Task.CompletedTask;
        }, http);
        return next(http);
    });

    private static void Add(IHeaderDictionary headers, string name, string value)
    {
        if (headers[name].Count == 0)
        {
            headers[name] = value;
        }
    }
}
