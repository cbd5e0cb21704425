using System.CommandLine;
using Cli.Converging;
using Cli.Gateway;
using Cli.Reporting;
using Cli.Running;
using Consistency.Auditing;
using Contracts;

namespace Cli.Verify;

/// <summary><c>verify</c>: audits a running system.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var gateway = CommonOptions.Gateway("Gateway of the system to audit (default: the one that 'up' started).");
        var json = CommonOptions.Json();
        var command = new Command("verify", "Audits the three databases of a running system.") { gateway, json };
        command.SetAction(
            (parsed, cancellation) => RunAsync(parsed.GetValue(gateway), parsed.GetValue(json), terminal, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        Uri? address, string? json, Terminal terminal, CancellationToken cancellation)
    {
        using var gateway = GatewayClient.For(
            address ?? DaprYaml.Read(RepoRoot.Find().DaprYaml).AddressOf(AppIds.Gateway));
        var atRest = await ConvergenceWait.RestAsync(gateway, Limits.VerifyRest, terminal.Time, cancellation);
        var (snapshot, _) = await ConvergenceWait.WaitAsync(gateway, [], Limits.VerifyRest, terminal.Time, _ => { }, cancellation);
        var progress = await gateway.ProgressAsync(cancellation);
        var audit = AuditFigures.Of(Audit.Run(snapshot, new AuditOptions(terminal.Time.GetUtcNow())), []);
        var report = new VerifyReport(
            atRest, progress.Unsettled, progress.OutboxDepth, progress.DuplicatesSuppressed, progress.DeadLetters, progress.Parked,
            audit);
        ReportPrinter.PrintVerify(terminal, report);
        await ReportFile.WriteAsync(json, report, ReportJson.Default.VerifyReport, cancellation);
        return audit.Violations.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }
}
