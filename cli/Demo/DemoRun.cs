using Cli.Converging;
using Cli.Display;
using Cli.Gateway;
using Cli.Reporting;
using Consistency.Auditing;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Cli.Demo;

/// <summary>The demo on a system that is up: seed, place, wait, audit.</summary>
internal sealed class DemoRun(GatewayClient gateway, DemoSettings settings, Terminal terminal)
{
    private readonly TimeProvider time = terminal.Time;
    private readonly Stages stages = new(terminal);
    private readonly Ledger ledger = new();
    private readonly TaskCompletionSource aThirdPlaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes a service down and brings it back, where the settings want an outage.</summary>
    public Func<Outage, CancellationToken, Task> Fail { get; init; } =
        static (_, _) => throw new InvalidOperationException("Nothing here can be made to fail.");

    /// <summary>Runs the scenario and judges the outcome.</summary>
    /// <param name="startedAt">Timestamp from which the run's duration counts: before the build, where there was
    /// one.</param>
    /// <param name="cancellation">Stops the run.</param>
    public async Task<RunReport> RunAsync(long startedAt, CancellationToken cancellation)
    {
        var before = await gateway.ProgressAsync(cancellation);
        // Milliseconds since 1970: different in every run.
        var tag = $"demo{time.GetUtcNow().ToUnixTimeMilliseconds():x}";
        var scenario = Scenario.Plan(settings.Orders, settings.Seed, settings.Patterns, tag);
        await stages.RunAsync("add products and stock", scenario.Products.Count, async onDone =>
        {
            await Seeding.RunAsync(gateway, scenario, time, onDone, cancellation);
            return true;
        });
        var refused = await BadRequests.SendAsync(gateway, ledger, cancellation);
        var seeded = await gateway.ProgressAsync(cancellation);
        var failing = FailAsync(cancellation);
        var editing = new ProfileEdits(gateway, ledger, settings.Convergence, time).RunAsync(tag, cancellation);
        await stages.RunAsync("place orders", settings.Orders, async onDone =>
        {
            var player = new OrderPlayer(gateway, ledger, settings.Confirmation, time);
            await OpenLoop.RunAsync(scenario.Orders, settings.Rate, player, time, Placed(onDone), cancellation);
            return true;
        });
        aThirdPlaced.TrySetResult();
        var profiles = await editing;
        var (snapshot, settlement) = await stages.RunAsync("wait until services agree", ledger.Accepted.Count, onSettled =>
            ConvergenceWait.WaitAsync(gateway, ledger.Accepted, settings.Convergence, time, onSettled, cancellation));
        await failing;
        terminal.Line(
            $"{refused} bad requests sent, {ledger.RefusedAtTheDoor} orders refused at the door (SKU just withdrawn)");
        terminal.Line($"cancelled: {ReasonsIn(snapshot)}");
        var effort = await Effort.MeasureAsync(gateway, seeded, ledger.PatternByOrder, cancellation);
        return await JudgeAsync(snapshot, settlement, effort, profiles, before, startedAt, cancellation);
    }

    private Action<int> Placed(Action<int> onDone) => done =>
    {
        onDone(done);
        if (done >= settings.Orders / 3)
        {
            aThirdPlaced.TrySetResult();
        }
    };

    private async Task FailAsync(CancellationToken cancellation)
    {
        if (settings.Outage is { } outage)
        {
            await aThirdPlaced.Task.WaitAsync(cancellation);
            await Fail(outage, cancellation);
        }
    }

    private string ReasonsIn(SystemSnapshot snapshot)
    {
        var mine = ledger.Accepted.ToHashSet(StringComparer.Ordinal);
        var reasons = snapshot.Orders
            .Where(o => o.Status == OrderStatuses.Cancelled && mine.Contains(o.OrderId))
            .CountBy(o => o.ReasonCode ?? "no reason")
            .OrderBy(reason => reason.Key, StringComparer.Ordinal);
        return string.Join(", ", reasons.Select(reason => $"{reason.Value} {reason.Key}"));
    }

    private async Task<RunReport> JudgeAsync(
        SystemSnapshot snapshot, Settlement settlement, Effort effort, ProfileFigures profiles, SystemProgress before, long startedAt,
        CancellationToken cancellation)
    {
        var accepted = ledger.Accepted;
        var audit = Audit.Run(snapshot, new AuditOptions(time.GetUtcNow())
        {
            Acknowledged = accepted,
            Sent = settings.Alone && !ledger.HasUnknown ? accepted.ToHashSet(StringComparer.Ordinal) : null,
            ExpectedStatus = ledger.MustEnd,
        });
        var after = await gateway.ProgressAsync(cancellation);
        var seen = ledger.Violations.Concat(ReportPrinter.AsViolations(settlement.Stuck, settings.Convergence));
        return new RunReport(
            [
                .. settings.Patterns.Select(pattern => PatternFigures.Of(
                    pattern, ledger.PlacedBy(pattern), ledger.AcceptMilliseconds(pattern), settlement.Settled, effort)),
            ],
            Math.Max(0, after.DuplicatesSuppressed - before.DuplicatesSuppressed),
            Math.Max(0, after.DeadLetters - before.DeadLetters),
            Math.Max(0, after.Parked - before.Parked),
            AuditFigures.Of(audit, seen),
            effort.Figures,
            ledger.OrdersReadBack,
            profiles,
            settings.Lose,
            settings.Outage,
            Math.Round(time.GetElapsedTime(startedAt).TotalSeconds, 1));
    }
}
