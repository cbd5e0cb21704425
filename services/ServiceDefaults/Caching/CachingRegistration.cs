using System.Security.Cryptography;
using System.Text;
using Consistency.Caching;
using Consistency.Telemetry;
using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Caching;

/// <summary>Caches in the Dapr state store <c>cache</c>. Configuration section <c>Cache</c>.</summary>
public static class CachingRegistration
{
    private const string Section = "Cache";
    private const string Key = "Key";

    private static readonly TimeSpan StalenessMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan StoreLimitMax = TimeSpan.FromSeconds(5);

    /// <summary>Registers what all caches of the app share.</summary>
    /// <exception cref="InvalidOperationException">A setting is out of bounds.</exception>
    public static void AddCaching(this WebApplicationBuilder builder)
    {
        var settings = Read(builder.Configuration);
        var seal = new EntrySeal(Secret(builder.Configuration));
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(seal);
        builder.Services.AddSingleton<CacheMeter>();
        builder.Services.AddSingleton(s => new GuardedStore(
            new DaprCacheStore(s.GetRequiredService<DaprClient>()), settings, s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<GuardedStore>>()));
    }

    /// <summary>Registers a cache.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="name">What is cached; the beginning of its keys.</param>
    public static void AddCacheOf<T>(this IServiceCollection services, string name)
        where T : class
    {
        services.AddSingleton(s => new VersionedCache<T>(name, s.GetRequiredService<GuardedStore>(), s.GetRequiredService<EntrySeal>()));
        services.AddSingleton<ICountsReads>(s => s.GetRequiredService<VersionedCache<T>>());
    }

    internal static CacheSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var settings = section.Get<CacheSettings>() ?? new CacheSettings();
        Check(settings.Staleness, StalenessMax, nameof(settings.Staleness));
        Check(settings.StoreLimit, StoreLimitMax, nameof(settings.StoreLimit));
        Check(settings.Pause, StalenessMax, nameof(settings.Pause));
        return settings.FailuresMax > 0
            ? settings
            : throw new InvalidOperationException($"{Section}:{nameof(settings.FailuresMax)}: {settings.FailuresMax} is not above 0.");
    }

    // Without a key each process makes its own: entries of others, and of the process before, are then misses. Instances that share a cache
    // share a key.
    private static byte[] Secret(IConfiguration configuration) =>
        configuration.GetSection(Section)[Key] is not { Length: > 0 } text ? RandomNumberGenerator.GetBytes(EntrySeal.SecretBytesMin)
        : Encoding.UTF8.GetBytes(text) is { Length: >= EntrySeal.SecretBytesMin } secret ? secret
        : throw new InvalidOperationException($"{Section}:{Key} has fewer than {EntrySeal.SecretBytesMin} bytes; give it that many at random.");

    // A bare number is read as days, which the upper bound tells.
    private static void Check(TimeSpan value, TimeSpan max, string name)
    {
        if (value <= TimeSpan.Zero || value > max)
        {
            throw new InvalidOperationException($"{Section}:{name}: {value} is not above 0 and up to {max}; ten seconds are written 00:00:10.");
        }
    }
}
