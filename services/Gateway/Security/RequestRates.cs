using System.Globalization;
using System.Threading.RateLimiting;

namespace Gateway.Security;

/// <summary>How many requests one key, or one address, may make.</summary>
internal static class RequestRates
{
    /// <summary>
    /// Requests a second of an operator's key: ten times the 10,000 updates a minute that the system is made for, each with a read or two, from
    /// one key.
    /// </summary>
    public const int OperatorPerSecond = 10_000;

    /// <summary>Requests a second of a customer's key: a shop front that serves many, but not one that loads the system alone.</summary>
    public const int CustomerPerSecond = 1_000;

    /// <summary>Requests a second of a monitor's key: some systems that scrape every few seconds.</summary>
    public const int MonitorPerSecond = 10;

    /// <summary>Requests a second of an address that shows no key: the API's description, and refusals.</summary>
    public const int NobodyPerSecond = 100;

    private const int BurstSeconds = 2;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    public static void AddRequestRates(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
        {
            var caller = Caller.Of(http);
            var rate = caller.Key?.RequestsPerSecond ?? caller.Role switch
            {
                ApiRole.Operator => OperatorPerSecond,
                ApiRole.Customer => CustomerPerSecond,
                ApiRole.Monitor => MonitorPerSecond,
                _ => NobodyPerSecond,
            };
            var whose = caller.Key is { } key ? $"key {key.Id} {rate}" : $"address {http.Connection.RemoteIpAddress}";
            return RateLimitPartition.GetTokenBucketLimiter(whose, _ => Bucket(rate));
        });
        limiter.OnRejected = (context, _) =>
        {
            var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
            context.HttpContext.Response.Headers.RetryAfter =
                Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
    });

    // Rates below ten a second are given out once a second.
    private static TokenBucketRateLimiterOptions Bucket(int rate) => new()
    {
        TokenLimit = rate * BurstSeconds,
        TokensPerPeriod = rate >= 10 ? rate / 10 : rate,
        ReplenishmentPeriod = rate >= 10 ? Period : TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        AutoReplenishment = true,
    };
}
