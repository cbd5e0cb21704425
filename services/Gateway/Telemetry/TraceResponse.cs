using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Telemetry;

/// <summary>
/// Every answer names its trace, so that a client finds it, in logs also where it was not recorded. Source: W3C Trace Context, level 2 (draft),
/// "traceresponse Header Field Values": as traceparent, with the span that served the request.
/// </summary>
internal static class TraceResponse
{
    private const string Header = "traceresponse";

    public static void UseTraceResponse(this WebApplication app) => app.Use(static (http, next) =>
    {
        if (http.Features.Get<IHttpActivityFeature>()?.Activity.Id is not null)
        {
            http.Response.OnStarting(
                static state =>
                {
                    var http = (HttpContext)state;
                    http.Response.Headers[Header] = http.Features.Get<IHttpActivityFeature>()!.Activity.Id;
                    return Task.CompletedTask;
                },
                http);
        }

        return next(http);
    });
}
