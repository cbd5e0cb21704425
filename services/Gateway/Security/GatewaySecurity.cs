using Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Hosting;
using ServiceDefaults.Problems;
using ServiceDefaults.Telemetry;

namespace Gateway.Security;

/// <summary>
/// The public door's locks: keys with roles, rates, headers. Configuration: <c>ApiKeys:File</c>, the path of the keys. Without it the gateway is
/// open, and therefore starts only where nobody else reaches it.
/// </summary>
internal static partial class GatewaySecurity
{
    private const string FileSetting = "ApiKeys:File";

    /// <summary>Registers the locks.</summary>
    /// <exception cref="SettingException">The keys cannot be read; or there are none, and the gateway listens where others reach it.</exception>
    public static void AddGatewaySecurity(this WebApplicationBuilder builder)
    {
        var path = builder.Configuration[FileSetting] is { Length: > 0 } text ? Path.GetFullPath(text) : null;
        if (path is null && Listening.Read(builder.Configuration).Open is { } address)
        {
            throw new SettingException(
                "environment or appsettings.json", FileSetting, $"is missing, and the gateway listens on {address}, where others reach it",
                "Name a file that 'keys create' has made (ApiKeys__File=/path/keys.json), or listen on 127.0.0.1.");
        }

        if (path is not null)
        {
            _ = ApiKeyFile.Read(path);
        }

        builder.Services.AddSingleton(s => new KeyRing(path, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<KeyRing>>()));
        builder.Services.AddRequestRates();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = RequestLimits.BodyBytesMax);
    }

    /// <summary>Switches the locks on; before the endpoints.</summary>
    public static void UseGatewaySecurity(this WebApplication app)
    {
        var keys = app.Services.GetRequiredService<KeyRing>();
        if (!keys.IsClosed)
        {
            LogOpen(app.Logger);
        }

        app.UseSecurityHeaders();
        app.UseProblemResponses();
        app.Use((http, next) =>
        {
            Caller.Read(http, keys);
            return next(http);
        });
        app.UseRateLimiter();
        app.Use(static (http, next) => Refuse(http)?.ExecuteAsync(http) ?? next(http));
    }

    /// <summary>
    /// Maps the health probes. Without a rate: strangers who share the prober's address must not make a gateway seem dead that only refuses them.
    /// </summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet(HealthPaths.Ready, () => TypedResults.Ok("healthy")).ExcludeFromDescription().ForEverybody().DisableRateLimiting();
        app.MapGet(HealthPaths.Live, () => TypedResults.Ok("alive")).ExcludeFromDescription().ForEverybody().DisableRateLimiting();
    }

    /// <summary>
    /// Maps the metrics, for monitoring systems and operators. They are wanted most when somebody asks too often: a monitor's key has a rate of its
    /// own, which nobody else uses up. Strangers have theirs here as elsewhere, so that nobody tries keys at will.
    /// </summary>
    public static void MapMonitoring(this WebApplication app) => app.MapMetrics()?.ForMonitors();

    // What matches no endpoint is 404 for everybody: the API's description is public, and Dapr asks for subscriptions without a key.
    private static ProblemHttpResult? Refuse(HttpContext http)
    {
        var caller = Caller.Of(http);
        if (http.GetEndpoint() is not { } endpoint || caller.Role.Includes(endpoint.NeededRole()))
        {
            return null;
        }

        if (caller.Key is not null)
        {
            return TypedResults.Problem(
                $"Key '{caller.Key.Id}' is of role {caller.Role.Name()}; this needs {endpoint.NeededRole().Name()}.",
                statusCode: StatusCodes.Status403Forbidden, title: "The key is not good for this.");
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        return TypedResults.Problem(
            "Send one that is good here in the header Authorization: Bearer KEY; 'keys create' makes one.",
            statusCode: StatusCodes.Status401Unauthorized, title: "A key is required.");
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "No API keys are configured (ApiKeys:File): whoever reaches this port of 127.0.0.1 can do everything.")]
    private static partial void LogOpen(ILogger logger);
}
