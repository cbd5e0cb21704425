using System.Globalization;
using Cli.Converging;
using Consistency.Auditing;
using Spectre.Console;

namespace Cli.Reporting;

/// <summary>Prints reports for people.</summary>
internal static class ReportPrinter
{
    public static void PrintRun(Terminal terminal, RunReport report)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns(
            "pattern", "placed", "confirmed", "cancelled", "accept\np50/p99/max ms", "converge\np50/p99/max ms",
            "messages/order\nsent / delivered", "calls/order", "repaired");
        table.AddColumns("duplicates\nsuppressed", "dead\nletters", "audit");
        foreach (var column in table.Columns.Skip(1))
        {
            column.RightAligned();
        }

        // What is counted and audited for the system as a whole stands once, below the patterns.
        string[] whole = [$"{report.DuplicatesSuppressed}", DeadLetters(report.DeadLetters, report.Parked), Verdict(report.Audit)];
        var alone = report.Patterns.Count == 1;
        foreach (var pattern in report.Patterns)
        {
            table.AddRow(
            [
                pattern.Name, $"{pattern.Placed}", $"{pattern.Confirmed}", $"{pattern.Cancelled}",
                Shown(pattern.AcceptMs), Shown(pattern.ConvergeMs), EffortText.Messages(pattern.Traffic), EffortText.Calls(pattern.Traffic),
                $"{pattern.Repairs.Orders}",
                .. alone ? whole : ["", "", ""],
            ]);
        }

        if (!alone)
        {
            table.AddRow(
            [
                "all", $"{report.Patterns.Sum(p => p.Placed)}", $"{report.Patterns.Sum(p => p.Confirmed)}",
                $"{report.Patterns.Sum(p => p.Cancelled)}", "", "", "", "", $"{report.Effort.Repairs.Orders}", .. whole,
            ]);
        }

        terminal.Out.Write(table);
        if (report.Outage is { } outage)
        {
            terminal.Line($"{outage.Service} was killed with -9 in the middle of the run, and away for {outage.Seconds:0} s");
        }

        if (report.Lose > 0)
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{report.Lose:0.##%} of deliveries were lost for good on purpose"));
        }

        terminal.Line($"{report.OrdersReadBack} orders read at once with the consistency token of their placing");
        terminal.Line(
            $"{report.Profiles.Edits} edits of customer profiles in both replicas at once, {report.Profiles.ConflictsResolved} conflicts decided");
        PrintEffort(terminal, report.Effort, report.Patterns.Select(p => (p.Name, p.Repairs)));
        PrintFindings(terminal, report.Audit);
    }

    public static void PrintLoad(Terminal terminal, LoadReport report)
    {
        var grid = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("figure", "value");
        grid.AddRow("sent / accepted", $"{report.Sent} / {report.Accepted}");
        grid.AddRow("accepted per second", $"{report.AcceptedPerSecond:0.0} (wanted {report.Rate})");
        grid.AddRow(
            "accept p50/p99/p99.9/max ms",
            $"{report.AcceptMs.P50:0.0} / {report.AcceptMs.P99:0.0} / {report.AcceptMs.P999:0.0} / {report.AcceptMs.Max:0.0}");
        grid.AddRow(
            "errors",
            report.Errors.Count == 0 ? "0" : Terminal.Cell(
                string.Join(", ", report.Errors.Select(e => $"{e.Value} x {e.Key}"))));
        grid.AddRow(
            "converge p50/p99/max ms", Shown(report.ConvergeMs) + (report.Converged ? "" : " (of those that did)"));
        foreach (var pattern in report.Patterns)
        {
            grid.AddRow($"{pattern.Name}: accepted", $"{pattern.Accepted}");
            grid.AddRow($"{pattern.Name}: converge p50/p99/max ms", Shown(pattern.ConvergeMs));
            grid.AddRow($"{pattern.Name}: messages/order sent / delivered", EffortText.Messages(pattern.Traffic));
            grid.AddRow($"{pattern.Name}: calls/order", EffortText.Calls(pattern.Traffic));
        }

        grid.AddRow("duplicates suppressed", $"{report.DuplicatesSuppressed}");
        grid.AddRow("dead letters", DeadLetters(report.DeadLetters, report.Parked));
        grid.AddRow("audit", Verdict(report.Audit));
        terminal.Out.Write(grid);
        PrintEffort(terminal, report.Effort, report.Patterns.Select(p => (p.Name, p.Repairs)));
        PrintFindings(terminal, report.Audit);
    }

    public static void PrintVerify(Terminal terminal, VerifyReport report)
    {
        if (!report.AtRest)
        {
            terminal.Line(
                $"The system is still at work ({report.Unsettled} unsettled, {report.OutboxDepth} messages in outboxes): "
                + "findings below may only say that the snapshots were taken one after the other.");
        }

        terminal.Line($"duplicates suppressed {report.DuplicatesSuppressed}, dead letters {DeadLetters(report.DeadLetters, report.Parked)}");
        PrintFindings(terminal, report.Audit);
    }

    /// <summary>Orders that did not settle, as violations: what is stuck, and in which service.</summary>
    public static IEnumerable<Violation> AsViolations(IEnumerable<StuckOrder> stuck, TimeSpan deadline) =>
        stuck.Select(
            order => new Violation("converged", order.OrderId, $"not settled within {deadline.TotalSeconds:0} s; {order}"));

    private static void PrintEffort(Terminal terminal, EffortFigures effort, IEnumerable<(string Pattern, RepairFigures Repairs)> patterns)
    {
        foreach (var line in EffortText.Lines(effort, patterns))
        {
            terminal.Line(line);
        }
    }

    private static void PrintFindings(Terminal terminal, AuditFigures audit)
    {
        terminal.Line($"audit: {audit.Checked} records checked, {audit.Violations.Count} violations");
        foreach (var violation in audit.Violations.Take(Limits.FindingsShown))
        {
            terminal.Line($"  {violation.Rule}: {violation.Subject}: {violation.Detail}");
        }

        if (audit.Violations.Count > Limits.FindingsShown)
        {
            terminal.Line($"  ... and {audit.Violations.Count - Limits.FindingsShown} more (--json FILE has all)");
        }
    }

    // What waits behind a dead letter is as undone as the letter.
    private static string DeadLetters(long dead, long parked) => parked == 0 ? $"{dead}" : $"{dead} (+{parked} parked)";

    private static string Verdict(AuditFigures audit) =>
        audit.Violations.Count == 0 ? "clean" : $"{audit.Violations.Count} violations";

    private static string Shown(LatencyFigures figures) => $"{figures.P50:0.0} / {figures.P99:0.0} / {figures.Max:0.0}";
}
