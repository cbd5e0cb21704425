using Consistency.Outbox;
using Consistency.Retention;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults.Hosting;

/// <summary>Runs the relay and the trimmer for as long as the app runs.</summary>
internal sealed class KernelWorker<TDb>(OutboxRelay<TDb> relay, Trimmer<TDb> trimmer) : BackgroundService
    where TDb : DbContext
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(relay.RunAsync(stoppingToken), trimmer.RunAsync(stoppingToken));
}
