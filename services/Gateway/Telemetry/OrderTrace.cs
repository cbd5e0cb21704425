using System.Diagnostics;
using Consistency.Telemetry;
using Contracts.Ordering;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Telemetry;

/// <summary>Says on a request's span which order it is about: by that, an order's trace is found. Never who ordered, or with what key.</summary>
internal static class OrderTrace
{
    public static async ValueTask<object?> TellAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var answer = await next(context);
        if (context.HttpContext.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
        {
            Tell(context, span);
        }

        return answer;
    }

    private static void Tell(EndpointFilterInvocationContext context, Activity span)
    {
        var http = context.HttpContext;

        // Of one that is just being placed, the answer says it.
        var orderId = http.GetRouteValue("orderId") as string ?? http.Response.Headers.Location.ToString().Split('/')[^1];
        if (orderId.Length > 0)
        {
            span.SetTag(SpanTags.OrderId, orderId);
        }

        if (context.Arguments.OfType<PlaceOrder>().FirstOrDefault() is { Pattern: { } pattern })
        {
            span.SetTag(SpanTags.Pattern, pattern);
        }
    }
}
