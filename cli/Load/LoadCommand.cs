using System.CommandLine;
using Cli.Gateway;
using Cli.Reporting;
using Cli.Running;
using Contracts;

namespace Cli.Load;

/// <summary><c>load</c>: a steady stream of orders, and what it does to latency and convergence.</summary>
internal static class LoadCommand
{
    private const int RateDefault = 167;
    private const int SecondsDefault = 60;
    private const int WarmUpDefault = 10;

    /// <summary>Share of the measured orders that may fail before the run counts as failed.</summary>
    private const double ErrorShareMax = 0.01;

    public static Command Create(Terminal terminal)
    {
        var rate = CommonOptions.Number("--rate", "R", "Orders a second.", 1, 100_000, RateDefault);
        var seconds = CommonOptions.Number("--seconds", "S", "For how long.", 1, 3600, SecondsDefault);
        var warmUp = CommonOptions.Number(
            "--warmup", "S", "Seconds at the same rate before the measurement; audited, not measured.", 0, 600,
            WarmUpDefault);
        var gateway = CommonOptions.Gateway("Load a system that is already up, instead of building and starting one.");
        var components = CommonOptions.Components();
        var json = CommonOptions.Json();
        var customers = CommonOptions.Number("--customers", "N", "Customers.", 1, 1_000_000, 1000);
        var skus = CommonOptions.Number("--skus", "N", "Products.", 1, 10_000, 100);
        var pattern = CommonOptions.Pattern(Patterns.Events);
        var seed = CommonOptions.Number("--seed", "N", "Seed of the choices.", 0, int.MaxValue, 1);
        var replicas = CommonOptions.Replicas();
        var command = new Command(
            "load", "Sends orders at a constant rate (open loop), waits until the services agree, and audits. "
            + "Fails also where no order was accepted, or more than 1 % of them failed.")
        {
            rate, seconds, warmUp, gateway, json, customers, skus, seed, pattern, components, replicas,
        };
        command.Validators.Add(result => CommonOptions.RefuseBoth(result, gateway, components));
        CommonOptions.OnlyWhereStarted(command, gateway, replicas);
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = new LoadSettings(
                parsed.GetValue(rate), parsed.GetValue(seconds), parsed.GetValue(customers), parsed.GetValue(skus),
                parsed.GetValue(seed),
                Limits.LoadConvergence)
            {
                WarmUpSeconds = parsed.GetValue(warmUp),
                Patterns = [.. parsed.GetValue(pattern)!.Distinct(StringComparer.Ordinal)],
            };
            if (settings.Total > Limits.LoadOrdersMax)
            {
                throw new UsageException(
                    $"--rate x --seconds: {settings.Total} orders are more than the {Limits.LoadOrdersMax} of one run.");
            }

            var report = await RunAsync(
                parsed.GetValue(gateway), parsed.GetValue(components)!, parsed.GetValue(replicas)!, settings, terminal, cancellation);
            ReportPrinter.PrintLoad(terminal, report);
            await ReportFile.WriteAsync(parsed.GetValue(json), report, ReportJson.Default.LoadReport, cancellation);
            return report.Audit.Violations.Count == 0 && IsServed(report) ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return command;
    }

    // A system that refuses orders can agree on the few that it took; that is no pass.
    private static bool IsServed(LoadReport report) =>
        report.Accepted > 0 && report.Errors.Values.Sum() <= report.Sent * ErrorShareMax;

    private static async Task<LoadReport> RunAsync(
        Uri? address, string components, IReadOnlyList<string> replicas, LoadSettings settings, Terminal terminal, CancellationToken cancellation)
    {
        var startedAt = terminal.Time.GetTimestamp();
        if (address is not null)
        {
            using var external = GatewayClient.For(address);
            return await new LoadRun(external, settings, alone: false, terminal).RunAsync(startedAt, cancellation);
        }

        var root = RepoRoot.Find();
        var folder = ComponentsFolder.Find(root, components);
        await using var system = await RunningSystem.StartAsync(
            root,
            () => new StartOptions(RunDirectory.CreateFresh(root, "load", terminal.Time)) { Components = folder, IsFresh = true, Replicas = replicas },
            terminal, cancellation);
        return await system.WhileUpAsync(
            async token =>
            {
                using var gateway = GatewayClient.For(system.Gateway);
                return await new LoadRun(gateway, settings, alone: true, terminal).RunAsync(startedAt, token);
            },
            cancellation);
    }
}
