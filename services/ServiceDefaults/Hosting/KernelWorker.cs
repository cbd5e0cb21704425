using Consistency.DeadLetters;
using Consistency.Outbox;
using Consistency.Retention;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults.Hosting;

/// <summary>Runs the relay, the trimmer and the releases of parked messages for as long as the app runs.</summary>
internal sealed class KernelWorker<TDb>(OutboxRelay<TDb> relay, Trimmer<TDb> trimmer, ParkedReleases<TDb> releases) : BackgroundService
    where TDb : DbContext
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(relay.RunAsync(stoppingToken), trimmer.RunAsync(stoppingToken), releases.RunAsync(stoppingToken));
}
