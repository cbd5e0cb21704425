using Consistency.Storage;
using Consistency.Telemetry;
using Contracts;
using Gateway.Caching;
using ServiceDefaults.Feeds;

namespace Gateway.Views.Following;

/// <summary>Follows the three feeds for as long as the gateway runs, and removes what editions out of use have left.</summary>
internal sealed class ViewWorker(
    Database<ViewsDb> database, WriteQueue<ViewsDb> writes, IFeedClient feeds, ViewSignal signal, OwnerReads reads, TimeProvider time,
    ILogger<ViewWorker> logger, FeedPulls pulls)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
    [
        .. Editions.Sources.Select(
            source => Task.Run(
                () => new ViewFollower(
                    source, database, writes, feeds, signal, time, logger, source == AppIds.Inventory ? reads.ForgetAsync : null, pulls: pulls)
                    .RunAsync(stoppingToken),
                stoppingToken)),
        SweepAsync(stoppingToken),
    ]);

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var rows = 0;
            try
            {
                rows = await writes.ExecuteAsync(Editions.Sweep, stoppingToken);
            }
#pragma warning disable CA1031 // A full disk, for example: tried again.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                logger.CannotSweep(e);
            }

            await Task.Delay(rows > 0 ? ViewLimits.PageGap : ViewLimits.SweepInterval, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
