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
        var warmUp = settings with { Seconds = settings.WarmUpSeconds };
        var plan = new LoadPlan(settings with { Seconds = settings.Seconds + settings.WarmUpSeconds }, tag);
        await stages.RunAsync("add products and stock", () => SeedAsync(plan, cancellation));
        var early = await WarmUpAsync(warmUp, plan, tag, cancellation);
        var warm = await gateway.ProgressAsync(cancellation);
        var outcome = await stages.RunAsync($"send {settings.Rate} orders a second", settings.Total, onDone =>
            new LoadGenerator(settings, plan, gateway.Address, tag, time).RunAsync(onDone, cancellation));
        var (snapshot, settlement) = await stages.RunAsync("wait until services agree", outcome.Accepted.Count, onSettled =>
            ConvergenceWait.WaitAsync(gateway, outcome.Accepted, settings.Convergence, time, onSettled, cancellation));
        var after = await gateway.ProgressAsync(cancellation);
        var patternByOrder = plan.PatternByOrder(outcome.OrderIds);
        var effort = await Effort.MeasureAsync(gateway, warm, patternByOrder, cancellation);
        return new LoadReport(
            settings.Rate, settings.Seconds, settings.WarmUpSeconds, settings.Total, outcome.Accepted.Count,
            Math.Round(outcome.Accepted.Count / Math.Max(outcome.Elapsed.TotalSeconds, settings.Seconds), 1),
            outcome.Errors,
            TailFigures.Of(outcome.AcceptedMilliseconds), settlement.Stuck.Count == 0,
            LatencyFigures.Of(settlement.Settled.Select(o => o.ConvergeMilliseconds)),
            [
                .. settings.Patterns.Select(pattern => LoadPatternFigures.Of(
                    pattern, patternByOrder.Values.Count(p => p == pattern), settlement.Settled, effort)),
            ],
            Math.Max(0, after.DuplicatesSuppressed - before.DuplicatesSuppressed),
            Math.Max(0, after.DeadLetters - before.DeadLetters),
            Math.Max(0, after.Parked - before.Parked),
            Judge(snapshot, settlement, outcome, early), effort.Figures, Math.Round(time.GetElapsedTime(startedAt).TotalSeconds, 1));
    }

    // Also waits until the services are done with it: what is left over would count as convergence of the first
    // measured orders.
    private async Task<LoadOutcome> WarmUpAsync(
        LoadSettings warmUp, LoadPlan plan, string tag, CancellationToken cancellation)
    {
        if (warmUp.Total == 0)
        {
            return new LoadOutcome([], [], new Dictionary<string, int>(StringComparer.Ordinal), TimeSpan.Zero);
        }

        return await stages.RunAsync("warm up", warmUp.Total, async onDone =>
        {
            var outcome = await new LoadGenerator(warmUp, plan, gateway.Address, tag + "w", time).RunAsync(
                onDone, cancellation);
            await ConvergenceWait.RestAsync(gateway, settings.Convergence, time, cancellation);
            return outcome;
        });
    }

    private async Task SeedAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = SeedingConcurrency, CancellationToken = cancellation };
        await Parallel.ForEachAsync(
            plan.Products, parallel, async (product, token) => await Seeding.PutAsync(gateway, product, token));
        await Seeding.AwaitCatalogAsync(gateway, plan.Products.Select(p => p.Sku), time, cancellation);
    }

    private AuditFigures Judge(SystemSnapshot snapshot, Settlement settlement, LoadOutcome outcome, LoadOutcome warmUp)
    {
        List<string> accepted = [.. warmUp.Accepted, .. outcome.Accepted];
        var audit = Audit.Run(snapshot, new AuditOptions(time.GetUtcNow())
        {
            Acknowledged = accepted,
            // An order whose request failed may have been placed all the same; then it cannot be told from one out of
            // nothing.
            Sent = alone && outcome.Errors.Count + warmUp.Errors.Count == 0 ? accepted.ToHashSet(StringComparer.Ordinal) : null,
            ExpectedStatus = accepted.ToDictionary(id => id, _ => OrderStatuses.Confirmed, StringComparer.Ordinal),
        });
        return AuditFigures.Of(audit, ReportPrinter.AsViolations(settlement.Stuck, settings.Convergence));
    }
}
