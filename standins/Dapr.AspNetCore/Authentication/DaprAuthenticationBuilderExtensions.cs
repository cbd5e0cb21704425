// Without nullable annotations, as the official type is.
#nullable disable

using Dapr.AspNetCore;
using Dapr.AspNetCore.Authentication;

namespace Microsoft.AspNetCore.Authentication;

/// <summary>Adds the authentication of the sidecar.</summary>
public static class DaprAuthenticationBuilderExtensions
{
    /// <summary>
    /// Adds the scheme <c>Dapr</c>: a request with the right <c>dapr-api-token</c> comes from the sidecar.
    /// </summary>
    /// <param name="builder">The app's authentication.</param>
    public static AuthenticationBuilder AddDapr(this AuthenticationBuilder builder) =>
        builder.AddDapr(configureOptions: null);

    /// <summary>
    /// Adds the scheme <c>Dapr</c>: a request with the right <c>dapr-api-token</c> comes from the sidecar.
    /// </summary>
    /// <param name="builder">The app's authentication.</param>
    /// <param name="configureOptions">Sets the token.</param>
    public static AuthenticationBuilder AddDapr(
        this AuthenticationBuilder builder, Action<DaprAuthenticationOptions> configureOptions) =>
        builder.AddScheme<DaprAuthenticationOptions, DaprAuthenticationHandler>(
            DaprAuthenticationOptions.DefaultScheme, configureOptions);
}
