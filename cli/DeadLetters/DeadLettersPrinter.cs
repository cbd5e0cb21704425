using System.Text.Json;
using Cli.Placing;
using Contracts.DeadLetters;
using Spectre.Console;

namespace Cli.DeadLetters;

/// <summary>Prints dead letters for people.</summary>
internal static class DeadLettersPrinter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Print(Terminal terminal, IReadOnlyList<ShownLetter> letters)
    {
        if (letters.Count > 0)
        {
            var table = new Table().Border(TableBorder.None)
                .AddColumns("service", "id", "status", "type", "aggregate", "version", "kept (UTC)", "attempts", "replays", "reason");
            foreach (var (service, l) in letters)
            {
                table.AddRow(
                    service, $"{l.Id}", l.Status, Terminal.Cell(l.Type), Terminal.Cell(l.Subject), $"{l.Version}",
                    $"{l.ReceivedAt:yyyy-MM-dd HH:mm:ss}", $"{l.Attempts}", $"{l.Replays}", Terminal.Cell(l.Note ?? l.Reason));
            }

            terminal.Out.Write(table);
        }

        terminal.Line(
            $"{letters.Count} letters, {letters.Count(l => l.Letter.Status == DeadLetterStatuses.Dead)} of them dead, "
            + $"{letters.Count(l => l.Letter.Status == DeadLetterStatuses.Parked)} parked behind dead ones");
    }

    public static void Print(Terminal terminal, DeadLetterDetails details)
    {
        var l = details.Letter;
        terminal.Line($"letter      {l.Id} of {l.Consumer}: {l.Status}");
        terminal.Line($"message     {l.MessageId}");
        terminal.Line($"event       {l.Type} of {l.Subject}, version {l.Version}, topic {l.Topic}");
        terminal.Line($"reason      {l.Reason}");
        terminal.Line(
            l.FirstFailedAt is null
                ? "attempts    none seen by this service"
                : $"attempts    {l.Attempts} failed, from {Shown(l.FirstFailedAt)} to {Shown(l.LastFailedAt)}");
        terminal.Line($"kept        {Shown(l.ReceivedAt)}, replayed {l.Replays} times, {details.ParkedBehind} parked behind it");
        terminal.Line($"trace       {(string.IsNullOrEmpty(l.Traceparent) ? "-" : l.Traceparent)}");
        if (TracePage.TraceIdOf(l.Traceparent) is { } traceId)
        {
            terminal.Line($"            {TracePage.Default.Of(traceId)}");
        }

        if (l.EndedAt is not null)
        {
            terminal.Line($"ended       {Shown(l.EndedAt)} by {l.EndedBy}{(l.Note is null ? "" : $": {l.Note}")}");
        }

        terminal.Line(Shown(details.Envelope));
    }

    public static void Print(Terminal terminal, DecisionReport report)
    {
        if (report.Outcomes.Count > 0)
        {
            var table = new Table().Border(TableBorder.None).AddColumns("service", "id", "type", "aggregate", "result", "parked", "detail");
            foreach (var (service, o) in report.Outcomes)
            {
                table.AddRow(
                    service, $"{o.Id}", Terminal.Cell(o.Type), Terminal.Cell(o.Subject), o.Result, $"{o.Released}", Terminal.Cell(o.Detail ?? ""));
            }

            terminal.Out.Write(table);
        }

        var results = report.Outcomes.CountBy(o => o.Outcome.Result).OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Value} {r.Key}");
        var parked = report.Outcomes.Sum(o => o.Outcome.Released);
        terminal.Line(
            $"{report.Outcomes.Count} letters{(report.Outcomes.Count == 0 ? "" : $": {string.Join(", ", results)}")}; "
            + (report.DryRun ? $"{parked} parked behind them, nothing was done" : $"{parked} parked behind them handled"));
    }

    private static string Shown(JsonElement envelope)
    {
        try
        {
            return JsonSerializer.Serialize(envelope, Indented);
        }
        catch (JsonException)
        {
            return envelope.GetRawText(); // with half of a surrogate pair, which cannot be written anew
        }
    }

    private static string Shown(DateTimeOffset? time) => $"{time:yyyy-MM-dd HH:mm:ss} UTC";
}
