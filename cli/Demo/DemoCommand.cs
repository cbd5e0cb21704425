using System.CommandLine;
using Cli.Gateway;
using Cli.Reporting;
using Cli.Running;
using Contracts;

namespace Cli.Demo;

/// <summary><c>demo</c>: the whole system on a fresh machine, from the build to the audit.</summary>
internal static class DemoCommand
{
    private const int OrdersDefault = 400;
    private const double DuplicatesDefault = 0.05;

    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var gateway = CommonOptions.Gateway(
            "Run on a system that is already up, instead of building and starting one.");
        var orders = CommonOptions.Number("--orders", "N", "Orders to place.", 1, Limits.DemoOrdersMax, OrdersDefault);
        var seed = CommonOptions.Number(
            "--seed", "N", "Seed of the scenario and of the injected faults.", 0, int.MaxValue, 1);
        var duplicates = CommonOptions.Share(
            "--duplicates", "Share of messages that the sidecar delivers twice on purpose.", DuplicatesDefault);
        var lose = CommonOptions.Share(
            "--lose", "Share of deliveries that the sidecar loses for good on purpose; the repair has to find them.", fallback: 0);
        var components = CommonOptions.Components();
        var pattern = CommonOptions.Pattern([.. Patterns.Offered]);
        var fail = new Option<string?>("--fail")
        {
            HelpName = string.Join('|', Outage.Services),
            Description = $"Kill this service in the middle of the run, and start it again {Limits.Outage.TotalSeconds:0} s later.",
        }.AcceptOnlyFromAmong([.. Outage.Services]);
        var replicas = CommonOptions.Replicas();
        var command = new Command(
            "demo", "Builds and starts everything, places orders, waits until the services agree, audits, and stops.")
        {
            json, gateway, orders, seed, duplicates, lose, pattern, fail, components, replicas,
        };
        command.Validators.Add(result => CommonOptions.RefuseBoth(result, gateway, components));
        CommonOptions.OnlyWhereStarted(command, gateway, replicas);
        command.Validators.Add(result =>
        {
            var external = result.GetResult(gateway) is { Implicit: false };
            if (external && result.GetResult(duplicates) is { Implicit: false })
            {
                result.AddError(
                    "--duplicates: only a sidecar that this command starts can be told to deliver twice; leave it out with --gateway.");
            }

            if (external && result.GetResult(lose) is { Implicit: false })
            {
                result.AddError("--lose: only a sidecar that this command starts can be told to lose; leave it out with --gateway.");
            }

            if (result.GetResult(fail) is { Implicit: false } && (external || !RunProcess.CanBeFound))
            {
                result.AddError(external
                    ? "--fail: only a service that this command starts can be killed; leave it out with --gateway."
                    : "--fail: a service to kill is found through /proc, which this system does not have.");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var address = parsed.GetValue(gateway);
            var settings = new DemoSettings(
                parsed.GetValue(orders), parsed.GetValue(seed),
                [.. parsed.GetValue(pattern)!.Distinct(StringComparer.Ordinal)], Alone: address is null,
                Limits.DemoConvergence)
            {
                Lose = parsed.GetValue(lose),
                Outage = parsed.GetValue(fail) is { } service ? new Outage(service, Limits.Outage.TotalSeconds) : null,
            };
            var started = new StartedSystem(parsed.GetValue(components)!, parsed.GetValue(replicas)!, parsed.GetValue(duplicates));
            var report = await RunAsync(address, started, settings, terminal, cancellation);
            ReportPrinter.PrintRun(terminal, report);
            await ReportFile.WriteAsync(parsed.GetValue(json), report, ReportJson.Default.RunReport, cancellation);
            return report.Audit.Violations.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return command;
    }

    private static async Task<RunReport> RunAsync(
        Uri? address, StartedSystem started, DemoSettings settings, Terminal terminal, CancellationToken cancellation)
    {
        var startedAt = terminal.Time.GetTimestamp();
        if (address is not null)
        {
            using var external = GatewayClient.For(address);
            return await new DemoRun(external, settings, terminal).RunAsync(startedAt, cancellation);
        }

        var root = RepoRoot.Find();
        var folder = ComponentsFolder.Find(root, started.Components);
        await using var system = await RunningSystem.StartAsync(
            root,
            () => new StartOptions(RunDirectory.CreateFresh(root, "demo", terminal.Time), started.Duplicates, settings.Lose, settings.Seed)
            {
                Components = folder, IsFresh = true, Replicas = started.Replicas,
            },
            terminal, cancellation);
        return await system.WhileUpAsync(
            async token =>
            {
                using var gateway = GatewayClient.For(system.Gateway);
                return await new DemoRun(gateway, settings, terminal)
                {
                    Fail = (outage, failing) => system.FailAsync(outage.Service, TimeSpan.FromSeconds(outage.Seconds), failing),
                }.RunAsync(startedAt, token);
            },
            cancellation);
    }

    /// <summary>What only a system that this command starts has.</summary>
    private sealed record StartedSystem(string Components, IReadOnlyList<string> Replicas, double Duplicates);
}
