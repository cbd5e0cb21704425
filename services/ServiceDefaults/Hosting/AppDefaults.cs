using System.Net;
using Consistency.Identity;
using Consistency.Telemetry;
using Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Problems;
using ServiceDefaults.Telemetry;
using ServiceDefaults.Traffic;

namespace ServiceDefaults.Hosting;

/// <summary>What every app switches on, the gateway included.</summary>
public static class AppDefaults
{
    // Ours have about 20, with those of Dapr, tracing and proxies.
    private const int HeaderCountMax = 64;

    // 20 headers of 100 bytes, a token of 500, baggage of 8 KiB at most (W3C).
    private const int HeaderBytesMax = 16 * 1024;

    // Whoever needs longer for 16 KiB only wants to hold a connection. A body must come with 240 bytes/s, Kestrel's default.
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long an app that is told to stop lets requests and background work end. Sketch: nobody waits longer than two seconds; what a kill would cut
    /// short is repeated. The sidecar outlives it (dapr.io/graceful-shutdown-seconds).
    /// </summary>
    public static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(5);

    /// <summary>Identity, clock, ids, Dapr client, problem details, listening on APP_PORT (set by Dapr) on loopback.</summary>
    public static void AddAppDefaults(this WebApplicationBuilder builder, string appId)
    {
        builder.ShowAsOneLine(appId);
        var listening = Listening.Read(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = RequestLimits.DeliveryBytesMax;
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeaderCount = HeaderCountMax;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            if (listening.Port is { } port)
            {
                kestrel.Listen(IPAddress.Loopback, port);
            }
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<IIdSource, UuidV7Source>();
        builder.Services.AddSingleton(s => new ServiceIdentity(appId, $"{appId}-{s.GetRequiredService<IIdSource>().Next()}"));
        builder.Services.AddSingleton<TrafficMeter>();
        builder.Services.AddSingleton<ConsistencyMeter>();
        builder.AddAppTelemetry(appId);
        builder.Services.AddDaprClient();
        builder.Services.AddProblemResponses();
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownLimit);
    }
}
