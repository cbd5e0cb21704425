using System.CommandLine;
using Cli.Converging;
using Cli.Demo;
using Cli.Gateway;
using Cli.Reporting;
using Cli.Running;
using Contracts;

namespace Cli.Fuzz;

/// <summary><c>fuzz</c>: malformed requests to every door of the system, and what they do to it.</summary>
internal static class FuzzCommand
{
    private const int RequestsDefault = 10_000;
    private const int OrdersAfter = 60;

    /// <summary>
    /// Resident memory that one process may gain, in MiB. Sketch: 16 requests of 2 MiB at once in every layer, what the runtime keeps of its heap
    /// on a machine with free memory, and 100,000 entries of views, logs and idempotency keys of about 1 KiB.
    /// </summary>
    private const long GrowthMaxMiB = 600;

    public static Command Create(Terminal terminal)
    {
        var requests = CommonOptions.Number("--requests", "N", "Requests to send.", 1, 10_000_000, RequestsDefault);
        var seed = CommonOptions.Number("--seed", "S", "Seed of the requests.", 0, int.MaxValue, 1);
        var only = CommonOptions.Number("--only", "I", "Send the request with this number only; repeats a finding. -1 for all.", -1, int.MaxValue, -1);
        var asBuilt = new Option<bool>("--no-build") { Description = "Start what was built before." };
        var command = new Command(
            "fuzz", "Builds and starts everything, sends malformed requests to the gateway, the services and the sidecars, then places orders and audits. "
            + "Fails where an answer is a 5xx that is not documented, a process ends or grows without bound, or the audit is not clean.")
        {
            requests, seed, only, asBuilt,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(requests), parsed.GetValue(seed), parsed.GetValue(only), !parsed.GetValue(asBuilt), terminal, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int requests, int seed, int only, bool build, Terminal terminal, CancellationToken cancellation)
    {
        var root = RepoRoot.Find();
        var yaml = DaprYaml.Read(root.DaprYaml);
        var directory = RunDirectory.CreateFresh(root, "fuzz", terminal.Time);
        terminal.Line($"seed {seed}");
        var options = new StartOptions(directory) { Components = ComponentsFolder.Find(root, ComponentsFolder.Embedded), IsFresh = true };
        await using var system = await RunningSystem.StartAsync(root, () => options, terminal, cancellation, build);
        return await system.WhileUpAsync(
            async token =>
            {
                using var gateway = GatewayClient.For(system.Gateway, system.Secrets.OperatorKey);
                await PlaceAsync(gateway, seed, terminal, token);
                var before = ProcessMemory.Of(directory);
                var run = new FuzzRun(FuzzTarget.All(yaml, system.Secrets), seed, terminal);
                await run.RunAsync(Math.Max(only, 0), only < 0 ? requests : 1, token);
                var right = Judge(run, seed, terminal);
                right &= JudgeProcesses(before, ProcessMemory.Of(directory), terminal);
                await ConvergenceWait.RestAsync(gateway, Limits.DemoConvergence, terminal.Time, token);
                right &= await PlaceAsync(gateway, seed + 1, terminal, token);
                return right ? ExitCodes.Ok : ExitCodes.Failed;
            },
            cancellation);
    }

    // Before: so that there is something to break, and memory is that of a system at work. After: so that it is seen to work still.
    private static async Task<bool> PlaceAsync(GatewayClient gateway, int seed, Terminal terminal, CancellationToken cancellation)
    {
        var settings = new DemoSettings(OrdersAfter, seed, [.. Patterns.Offered], Alone: false, Limits.DemoConvergence);
        var report = await new DemoRun(gateway, settings, terminal).RunAsync(terminal.Time.GetTimestamp(), cancellation);
        ReportPrinter.PrintRun(terminal, report);
        return report.Audit.Violations.Count == 0;
    }

    private static bool Judge(FuzzRun run, int seed, Terminal terminal)
    {
        terminal.Line(string.Join(", ", run.Statuses.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}: {s.Value}")));
        foreach (var finding in run.Findings.OrderBy(f => f.Number))
        {
            terminal.Line($"VIOLATION at {finding.Request.Target.Name}: {finding.What}; again with: fuzz --seed {seed} --only {finding.Number}");
            terminal.Line($"  request: {finding.Request}");
            terminal.Line($"  answer:  {string.Join(' ', finding.Answer.Text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries))}");
        }

        return run.Findings.Count == 0;
    }

    private static bool JudgeProcesses(IReadOnlyList<ProcessMemory> before, IReadOnlyList<ProcessMemory> after, Terminal terminal)
    {
        var right = true;
        foreach (var process in before)
        {
            var now = after.FirstOrDefault(p => p.Id == process.Id);
            var verdict = now is null ? "VIOLATION: it has ended" : now.MiB > process.MiB + GrowthMaxMiB ? $"VIOLATION: more than {GrowthMaxMiB} MiB" : "bounded";
            right &= verdict == "bounded";
            terminal.Line($"memory of {process.Name}: {process.MiB} MiB before, {now?.MiB} MiB after: {verdict}");
        }

        return right;
    }
}
