using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Hosting;

namespace ServiceDefaults.Security;

/// <summary>
/// A service is called by its sidecar and by nobody else: every request but probes and scrapes must carry APP_API_TOKEN, which the sidecar sends
/// with deliveries, triggers and invocations. Source: Dapr docs, "Authenticate requests from Dapr using token authentication".
/// </summary>
public static partial class AppToken
{
    private const string Variable = "APP_API_TOKEN";
    private const string Policy = "Dapr";

    /// <summary>Registers the check.</summary>
    /// <exception cref="SettingException">There is no token, and the app listens where others reach it.</exception>
    internal static void AddAppToken(this WebApplicationBuilder builder, string appId)
    {
        if (builder.Configuration[Variable] is { Length: > 0 } token)
        {
            builder.Services.AddAuthentication().AddDapr(options => options.Token = token);
            builder.Services.AddAuthorization(options =>
            {
                options.AddDapr(Policy);
                options.FallbackPolicy = options.GetPolicy(Policy);
            });
        }
        else if (Listening.Read(builder.Configuration).Open is { } address)
        {
            throw new SettingException(
                "environment", Variable, $"is missing, and {appId} listens on {address}, where others than its sidecar reach it",
                "Set it to the token that the sidecar has (on Kubernetes: the annotation dapr.io/app-token-secret), or listen on 127.0.0.1.");
        }
    }

    /// <summary>Switches the check on, for all that is not marked with AllowAnonymous; warns where there is no token.</summary>
    internal static void UseAppToken(this WebApplication app)
    {
        if (string.IsNullOrEmpty(app.Configuration[Variable]))
        {
            LogNoToken(app.Logger);
            return;
        }

        app.UseAuthentication();
        app.UseAuthorization();
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "APP_API_TOKEN is not set: whoever reaches this port of 127.0.0.1 can do what the sidecar can.")]
    private static partial void LogNoToken(ILogger logger);
}
