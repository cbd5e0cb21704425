// Without nullable annotations, as the official type is.
#nullable disable

using Microsoft.AspNetCore.Authentication;

namespace Dapr.AspNetCore;

/// <summary>How calls of the sidecar are told from others.</summary>
public class DaprAuthenticationOptions : AuthenticationSchemeOptions
{
    internal const string DefaultScheme = "Dapr";

    /// <summary>The token that the sidecar sends; by default the environment's <c>APP_API_TOKEN</c>.</summary>
    public string Token { get; set; } = DaprDefaults.GetDefaultAppApiToken(null);
}
