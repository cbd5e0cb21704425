using Consistency.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults.Hosting;

/// <summary>Runs the relay of the channel of workflows for as long as the app runs.</summary>
internal sealed class WorkflowChannelWorker<TDb>(WorkflowRelay<TDb> relay) : BackgroundService
    where TDb : DbContext
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => relay.RunAsync(stoppingToken);
}
