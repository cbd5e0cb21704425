using Consistency.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults.Syncing;

/// <summary>Pattern <c>sync</c>, and the repair of the other patterns: a service reads on a schedule what the others have changed.</summary>
public static class SyncEndpoints
{
    /// <summary>Name of the component (bindings.cron) that sets the pace; Dapr calls the path of that name.</summary>
    public const string Component = "sync";

    /// <summary>Registers the worker.</summary>
    /// <param name="builder">The app, after its database.</param>
    internal static void AddSync<TDb>(this WebApplicationBuilder builder)
        where TDb : DbContext
    {
        builder.Services.AddSingleton(SyncSettings.Read(builder.Configuration));
        builder.Services.AddSingleton<SyncPlan<TDb>>();
        builder.Services.AddSingleton<SyncWorker<TDb>>();
        builder.Services.AddSingleton<IHostedService>(s => s.GetRequiredService<SyncWorker<TDb>>());
    }

    /// <summary>
    /// Maps <c>POST /sync</c>, which Dapr calls on the component's schedule. It only wakes the worker: what Dapr waits for, it may give up and
    /// try again. Not routed by the gateway.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="follow">Whom the service follows.</param>
    public static void MapSync<TDb>(this WebApplication app, Action<SyncPlan<TDb>> follow)
        where TDb : DbContext
    {
        var plan = app.Services.GetRequiredService<SyncPlan<TDb>>();
        follow(plan);
        app.Services.GetRequiredService<FeedPulls>().Follow(plan.Sources);
        var worker = app.Services.GetRequiredService<SyncWorker<TDb>>();
        app.MapPost($"/{Component}", () =>
        {
            worker.Wake();
            return TypedResults.Ok();
        });

        // Dapr asks so whether the app wants to be called (dapr/dapr, bindings: OPTIONS, anything but 404 is yes).
        app.MapMethods($"/{Component}", [HttpMethods.Options], () => TypedResults.Ok());
    }
}
