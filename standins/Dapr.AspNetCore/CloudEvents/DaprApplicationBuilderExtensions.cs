// Without nullable annotations, as the official type is.
#nullable disable

using Dapr;
using Dapr.AspNetCore.CloudEvents;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Unwraps CloudEvents.</summary>
public static class DaprApplicationBuilderExtensions
{
    /// <summary>
    /// Hands on the data of requests that are CloudEvents in structured mode, so that endpoints see the data as their
    /// body. Bulk deliveries are plain JSON and stay as they are: their endpoints get the envelopes.
    /// </summary>
    /// <param name="builder">The app.</param>
    public static IApplicationBuilder UseCloudEvents(this IApplicationBuilder builder) =>
        UseCloudEvents(builder, new CloudEventsMiddlewareOptions());

    /// <inheritdoc cref="UseCloudEvents(IApplicationBuilder)"/>
    /// <param name="builder">The app.</param>
    /// <param name="options">How to unwrap.</param>
    public static IApplicationBuilder UseCloudEvents(
        this IApplicationBuilder builder, CloudEventsMiddlewareOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseMiddleware<CloudEventsMiddleware>(options);
    }
}
