using Sidecar.Resources;

namespace Sidecar.Resiliency;

/// <summary>
/// The retries that Dapr has without a file, by name: a target may name them, a file may change them. Source: Dapr 1.18.3,
/// addBuiltInPolicies and decodePolicies in pkg/resiliency/resiliency.go.
/// </summary>
internal static class BuiltInRetries
{
    /// <summary>A file cannot bring a built-in policy below this many retries.</summary>
    private const int RetriesMin = 3;

    private const string Protected = "DaprBuiltInActorNotFoundRetries";

    /// <summary>All of them, as they are where no file changes them.</summary>
    public static IReadOnlyDictionary<string, RetrySettings> All { get; } = new Dictionary<string, RetrySettings>(StringComparer.Ordinal)
    {
        ["DaprBuiltInServiceRetries"] = Constant(TimeSpan.FromSeconds(1), 3),
        ["DaprBuiltInActorRetries"] = Constant(TimeSpan.FromSeconds(1), 3),
        ["DaprBuiltInActorReminderRetries"] = Exponential(TimeSpan.FromSeconds(60), 0),
        ["DaprBuiltInInitializationRetries"] = Exponential(TimeSpan.FromSeconds(1), 3),
        [Protected] = Constant(TimeSpan.FromSeconds(1), 5),
    };

    /// <summary>What of a file's retries is taken: one protected policy keeps its values, the others their least number of retries.</summary>
    public static IReadOnlyDictionary<string, RetrySettings> Allowed(IReadOnlyDictionary<string, RetrySettings> retries) =>
        !retries.Keys.Any(All.ContainsKey)
            ? retries
            : retries.Where(static r => r.Key != Protected).ToDictionary(
                static r => r.Key,
                static r => All.ContainsKey(r.Key) && r.Value.MaxRetries < RetriesMin ? r.Value with { MaxRetries = RetriesMin } : r.Value,
                StringComparer.Ordinal);

    private static RetrySettings Constant(TimeSpan duration, int maxRetries) => new(false, duration, TimeSpan.FromSeconds(60), maxRetries, null, null);

    private static RetrySettings Exponential(TimeSpan maxInterval, int maxRetries) =>
        new(true, TimeSpan.FromSeconds(5), maxInterval, maxRetries, null, null);
}
