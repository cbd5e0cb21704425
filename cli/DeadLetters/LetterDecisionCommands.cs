using System.CommandLine;
using Cli.Gateway;
using Cli.Reporting;
using Contracts.DeadLetters;

namespace Cli.DeadLetters;

/// <summary><c>deadletters replay</c> and <c>discard</c>: of some letters, of those that a filter finds, of all.</summary>
internal static class LetterDecisionCommands
{
    public static Command CreateReplay(Terminal terminal)
    {
        var force = new Option<bool>("--force") { Description = "Also letters that were replayed often and failed each time." };
        var chosen = new Decision("Handle every dead letter again.");
        var command = new Command(
            "replay", "Handles dead letters again, by the handlers that their deliveries would reach, and what is parked behind them; safe to repeat.")
        {
            force,
        };
        chosen.AddTo(command);
        command.SetAction((parsed, cancellation) => chosen.RunAsync(
            terminal, parsed,
            (client, service, id) => client.ReplayAsync(service, id, new ReplayLetter(parsed.GetValue(force), chosen.By(parsed)), cancellation),
            (client, service, after) => client.ReplayAllAsync(
                service,
                new ReplayLetters(
                    chosen.Filter(parsed), chosen.All(parsed), chosen.DryRun(parsed), parsed.GetValue(force), chosen.By(parsed), after),
                cancellation),
            cancellation));
        return command;
    }

    public static Command CreateDiscard(Terminal terminal)
    {
        var note = new Option<string>("--note") { HelpName = "TEXT", Description = "Why; kept with the letters.", Required = true };
        var chosen = new Decision("Discard every dead letter.");
        var command = new Command("discard", "Decides that letters are never handled, with a note; what is parked behind them is.") { note };
        chosen.AddTo(command);
        command.SetAction((parsed, cancellation) => chosen.RunAsync(
            terminal, parsed,
            (client, service, id) => client.DiscardAsync(service, id, new DiscardLetter(parsed.GetValue(note), chosen.By(parsed)), cancellation),
            (client, service, after) => client.DiscardAllAsync(
                service,
                new DiscardLetters(
                    chosen.Filter(parsed), chosen.All(parsed), chosen.DryRun(parsed), parsed.GetValue(note), chosen.By(parsed), after),
                cancellation),
            cancellation));
        return command;
    }

    // What both have in common: which letters, and the report.
    private sealed class Decision(string allDescription)
    {
        private readonly LetterOptions letters = new();
        private readonly Argument<long[]> ids = new("ID") { Description = "Letters of the service that --service names.", Arity = ArgumentArity.ZeroOrMore };
        private readonly Option<bool> all = new("--all") { Description = allDescription };
        private readonly Option<bool> dryRun = new("--dry-run") { Description = "Only print what would be done; not together with ids." };
        private readonly Option<string> by = new("--by")
        {
            HelpName = "NAME", Description = "Who does it; kept with the letters.", DefaultValueFactory = _ => Environment.UserName,
        };

        private readonly Option<string?> json = CommonOptions.Json();

        public void AddTo(Command command)
        {
            command.Add(ids);
            foreach (var option in (Option[])[all, dryRun, by, json])
            {
                command.Add(option);
            }

            letters.AddTo(command);
            letters.CheckChoice(command, ids, all);
            command.Validators.Add(result =>
            {
                if (!result.Errors.Any() && result.GetValue(dryRun) && result.GetValue(ids) is { Length: > 0 })
                {
                    result.AddError($"{command.Name}: --dry-run is for filters and --all; 'show' tells of one letter.");
                }
            });
        }

        public DeadLetterFilter? Filter(ParseResult parsed) => letters.Filter(parsed) is var filter && filter.IsEmpty() ? null : filter;

        public bool All(ParseResult parsed) => parsed.GetValue(all);

        public bool DryRun(ParseResult parsed) => parsed.GetValue(dryRun);

        public string By(ParseResult parsed) => parsed.GetValue(by)!;

        public async Task<int> RunAsync(
            Terminal terminal,
            ParseResult parsed,
            Func<GatewayClient, string, long, Task<Answer<LetterOutcome>>> one,
            Func<GatewayClient, string, long?, Task<Answer<LettersOutcome>>> batch,
            CancellationToken cancellation)
        {
            using var client = letters.Open(parsed);
            var outcomes = new List<ShownOutcome>();
            var refused = 0;
            foreach (var service in letters.Services(parsed))
            {
                foreach (var id in parsed.GetValue(ids) ?? [])
                {
                    var answer = await one(client, service, id);
                    if (answer.Value is { } outcome)
                    {
                        outcomes.Add(new ShownOutcome(service, outcome));
                    }
                    else
                    {
                        refused++;
                        terminal.Line($"{service} {id}: refused with {answer.Status}: {answer.Text}");
                    }
                }

                if (parsed.GetValue(ids) is not { Length: > 0 })
                {
                    await RunBatchesAsync(service, outcomes, after => batch(client, service, after));
                }
            }

            var report = new DecisionReport(DryRun(parsed), outcomes);
            DeadLettersPrinter.Print(terminal, report);
            await ReportFile.WriteAsync(parsed.GetValue(json), report, GatewayJson.Default.DecisionReport, cancellation);
            return refused == 0 && outcomes.TrueForAll(o => o.Outcome.Result is not (LetterResults.Failed or LetterResults.Behind or LetterResults.Guarded))
                ? ExitCodes.Ok
                : ExitCodes.Failed;
        }

        private static async Task RunBatchesAsync(string service, List<ShownOutcome> outcomes, Func<long?, Task<Answer<LettersOutcome>>> batch)
        {
            long? after = null;
            do
            {
                var answer = (await batch(after)).Required($"A batch of letters of {service}");
                outcomes.AddRange(answer.Outcomes.Select(o => new ShownOutcome(service, o)));
                after = answer.Next;
            }
            while (after is not null);
        }
    }
}
