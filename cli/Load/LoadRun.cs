using Cli.Converging;
using Cli.Demo;
using Cli.Display;
using Cli.Gateway;
using Cli.Reporting;
using Consistency.Auditing;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Cli.Load;

/// <summary>A load run on a system that is up: seed, send, wait, audit.</summary>
internal sealed class LoadRun(GatewayClient gateway, LoadSettings settings, bool alone, Terminal terminal)
{
    private const int SeedingConcurrency = 8;
    private readonly TimeProvider time = terminal.Time;
    private readonly Stages stages = new(terminal);

    public async Task<LoadReport> RunAsync(long startedAt, CancellationToken cancellation)
    {
        var before = await gateway.ProgressAsync(cancellation);
        var tag = $"load{time.GetUtcNow().ToUnixTimeMilliseconds():x}";
        var plan = new LoadPlan(settings, tag);
        await stages.RunAsync("add products and stock", () => SeedAsync(plan, cancellation));
        var outcome = await stages.RunAsync($"send {settings.Rate} orders a second", settings.Total, onDone =>
            new LoadGenerator(settings, plan, gateway.Address, tag, time).RunAsync(onDone, cancellation));
        var (snapshot, settlement) = await stages.RunAsync("wait until services agree", outcome.Accepted.Count, onSettled =>
            ConvergenceWait.WaitAsync(gateway, outcome.Accepted, settings.Convergence, time, onSettled, cancellation));
        var after = await gateway.ProgressAsync(cancellation);
        return new LoadReport(
            settings.Rate, settings.Seconds, settings.Total, outcome.Accepted.Count,
            Math.Round(outcome.Accepted.Count / Math.Max(outcome.Elapsed.TotalSeconds, settings.Seconds), 1), outcome.Errors,
            TailFigures.Of(outcome.AcceptedMilliseconds), settlement.Stuck.Count == 0,
            LatencyFigures.Of(settlement.Settled.Select(o => o.ConvergeMilliseconds)),
            Math.Max(0, after.DuplicatesSuppressed - before.DuplicatesSuppressed), Math.Max(0, after.DeadLetters - before.DeadLetters),
            Judge(snapshot, settlement, outcome), Math.Round(time.GetElapsedTime(startedAt).TotalSeconds, 1));
    }

    private async Task SeedAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = SeedingConcurrency, CancellationToken = cancellation };
        await Parallel.ForEachAsync(plan.Products, parallel, async (product, token) => await Seeding.PutAsync(gateway, product, token));
        await Seeding.AwaitCatalogAsync(gateway, plan.Products.Select(p => p.Sku), time, cancellation);
    }

    private AuditFigures Judge(SystemSnapshot snapshot, Settlement settlement, LoadOutcome outcome)
    {
        var audit = Audit.Run(snapshot, new AuditOptions(time.GetUtcNow())
        {
            Acknowledged = outcome.Accepted,
            // An order whose request failed may have been placed all the same; then it cannot be told from one out of nothing.
            Sent = alone && outcome.Errors.Count == 0 ? outcome.Accepted.ToHashSet(StringComparer.Ordinal) : null,
            ExpectedStatus = outcome.Accepted.ToDictionary(id => id, _ => OrderStatuses.Confirmed, StringComparer.Ordinal),
        });
        return AuditFigures.Of(audit, ReportPrinter.AsViolations(settlement.Stuck, settings.Convergence));
    }
}
