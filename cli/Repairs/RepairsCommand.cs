using System.CommandLine;
using Cli.Gateway;
using Cli.Reporting;
using Cli.Running;
using Contracts;
using Contracts.Snapshots;
using Spectre.Console;

namespace Cli.Repairs;

/// <summary><c>repairs</c>: differences between services that were found and healed.</summary>
internal static class RepairsCommand
{
    public static Command Create(Terminal terminal) =>
        new("repairs", "Lists what the services have found missing, and healed.") { CreateList(terminal) };

    private static Command CreateList(Terminal terminal)
    {
        var gateway = CommonOptions.Gateway("Gateway of the system (default: the one that 'up' started).");
        var json = CommonOptions.Json();
        var command = new Command("list", "Prints what each service has healed, oldest first.") { gateway, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = GatewayClient.For(
                parsed.GetValue(gateway) ?? DaprYaml.Read(RepoRoot.Find().DaprYaml).AddressOf(AppIds.Gateway));
            var byService = new Dictionary<string, IReadOnlyList<RepairEntry>>(StringComparer.Ordinal);
            foreach (var service in GatewayClient.Services)
            {
                byService[service] = await client.RepairsAsync(service, after: 0, cancellation).ToListAsync(cancellation);
            }

            Print(terminal, byService);
            await ReportFile.WriteAsync(
                parsed.GetValue(json), new RepairsReport(byService), ReportJson.Default.RepairsReport, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Print(Terminal terminal, Dictionary<string, IReadOnlyList<RepairEntry>> byService)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("healed at (UTC)", "service", "record", "pattern", "late ms", "found", "did");
        foreach (var (service, repair) in byService
            .SelectMany(s => s.Value.Select(repair => (Service: s.Key, Repair: repair)))
            .OrderBy(r => r.Repair.RepairedAt))
        {
            table.AddRow(
                $"{repair.RepairedAt:yyyy-MM-dd HH:mm:ss}", service, Terminal.Cell($"{repair.Kind} {repair.Key}"), repair.Pattern ?? "",
                $"{repair.LateMs}", Terminal.Cell(repair.Found), Terminal.Cell(repair.Did));
        }

        if (table.Rows.Count > 0)
        {
            terminal.Out.Write(table);
        }

        terminal.Line($"{table.Rows.Count} repairs: {string.Join(", ", byService.Select(s => $"{s.Key} {s.Value.Count}"))}");
    }
}
