using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults.Telemetry;

/// <summary>
/// Says on a request's span what the framework, which begins it, does not: its route and how it ended (OpenTelemetry's semantic conventions, HTTP
/// server spans). Names are routes, not paths: there are few of them.
/// </summary>
internal sealed class RequestSpans : IStartupFilter
{
    // Else the framework begins spans without method and path, by which the sampler decides.
    private const string Suppressed = "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    /// <summary>Before the host is built.</summary>
    public static void Describe() => AppContext.SetSwitch(Suppressed, isEnabled: false);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (http, rest) => http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span
            ? DescribeAsync(http, span, rest)
            : rest(http));
        next(app);
    };

    private static async Task DescribeAsync(HttpContext http, Activity span, RequestDelegate rest)
    {
        try
        {
            await rest(http);
        }
        catch (Exception e)
        {
            span.SetTag("error.type", e.GetType().FullName).SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            var method = span.GetTagItem("http.request.method") as string ?? "HTTP";
            var route = (EndpointOf(http) as RouteEndpoint)?.RoutePattern.RawText;
            span.DisplayName = route is null ? method : $"{method} {route}";
            span.SetTag("http.route", route).SetTag("http.response.status_code", http.Response.StatusCode);
            if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            {
                span.SetTag("error.type", http.Response.StatusCode.ToString(CultureInfo.InvariantCulture)).SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    // Who answers for an exception (a refusal is one) takes the endpoint away, and keeps it here.
    private static Endpoint? EndpointOf(HttpContext http) => http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
}
