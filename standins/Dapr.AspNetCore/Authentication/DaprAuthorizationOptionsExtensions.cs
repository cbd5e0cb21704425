// Without nullable annotations, as the official type is.
#nullable disable

using Dapr.AspNetCore;

namespace Microsoft.AspNetCore.Authorization;

/// <summary>Adds a policy that lets the sidecar in and nobody else.</summary>
public static class DaprAuthorizationOptionsExtensions
{
    /// <summary>Adds a policy that demands the authentication scheme <c>Dapr</c>.</summary>
    /// <param name="options">The app's authorization.</param>
    /// <param name="name">Name of the policy.</param>
    public static void AddDapr(this AuthorizationOptions options, string name = "Dapr")
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddPolicy(name, policy => policy
            .RequireAuthenticatedUser()
            .AddAuthenticationSchemes(DaprAuthenticationOptions.DefaultScheme));
    }
}
