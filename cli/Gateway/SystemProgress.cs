using Contracts.Snapshots;

namespace Cli.Gateway;

/// <summary>Progress of the three services.</summary>
/// <param name="ByService">Each, by app id.</param>
internal sealed record SystemProgress(IReadOnlyDictionary<string, ServiceProgress> ByService)
{
    public long Unsettled => Sum(p => p.Unsettled);

    public long OutboxDepth => Sum(p => p.OutboxDepth);

    public long DuplicatesSuppressed => Sum(p => p.DuplicatesSuppressed);

    public long DeadLetters => Sum(p => p.DeadLetters);

    /// <summary>Messages that wait behind dead letters.</summary>
    public long Parked => Sum(p => p.Parked);

    public long Unread => Sum(p => p.Unread);

    /// <summary>True while nothing waits for another service, to be sent, or to be read.</summary>
    public bool IsAtRest => Unsettled == 0 && OutboxDepth == 0 && Unread == 0;

    /// <summary>Services whose counts of messages and calls do not reach back to <paramref name="before"/>: another process answers now.</summary>
    public IReadOnlyList<string> CountsLostSince(SystemProgress before) =>
    [
        .. ByService
            .Where(p => p.Value.Traffic is not { } traffic || traffic.Process != before.ByService[p.Key].Traffic?.Process)
            .Select(p => p.Key),
    ];

    /// <summary>What one pattern's messages and calls were since <paramref name="before"/>; right only where no service's counts are lost.</summary>
    public PatternTraffic TrafficSince(SystemProgress before, string pattern) => ByService
        .Select(p => Of(p.Value, pattern) - Of(before.ByService[p.Key], pattern))
        .Aggregate(PatternTraffic.None, static (sum, one) => sum + one);

    private static PatternTraffic Of(ServiceProgress progress, string pattern) =>
        progress.Traffic?.ByPattern.GetValueOrDefault(pattern) ?? PatternTraffic.None;

    private long Sum(Func<ServiceProgress, long> figure) => ByService.Values.Sum(figure);
}
