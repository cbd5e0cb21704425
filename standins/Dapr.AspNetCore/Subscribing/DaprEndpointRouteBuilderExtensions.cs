// Without nullable annotations, as the official type is.
#nullable disable

using System.Text.Json;
using System.Text.Json.Serialization;
using Dapr;
using Dapr.AspNetCore.Subscribing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Tells the sidecar an app's subscriptions.</summary>
public static class DaprEndpointRouteBuilderExtensions
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Maps <c>GET /dapr/subscribe</c>, which lists the subscriptions of all endpoints.</summary>
    /// <param name="endpoints">The app.</param>
    public static IEndpointConventionBuilder MapSubscribeHandler(this IEndpointRouteBuilder endpoints) =>
        MapSubscribeHandler(endpoints, options: null);

    /// <summary>Maps <c>GET /dapr/subscribe</c>, which lists the subscriptions of all endpoints.</summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="options">What holds for all subscriptions.</param>
    public static IEndpointConventionBuilder MapSubscribeHandler(
        this IEndpointRouteBuilder endpoints, SubscribeOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapGet("dapr/subscribe", async context =>
        {
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>()
                .CreateLogger("DaprTopicSubscription");
            var subscriptions = SubscriptionList.Of(
                context.RequestServices.GetRequiredService<EndpointDataSource>(),
                rawPayloads: options?.EnableRawPayload is true,
                logger);
            await context.Response.WriteAsync(JsonSerializer.Serialize(subscriptions, Json), context.RequestAborted);
        });
    }
}
