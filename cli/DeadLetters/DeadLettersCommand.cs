using System.CommandLine;
using Cli.Gateway;
using Cli.Reporting;
using Contracts.DeadLetters;

namespace Cli.DeadLetters;

/// <summary><c>deadletters</c>: messages that services could not handle, why, and what is to become of them.</summary>
internal static class DeadLettersCommand
{
    public static Command Create(Terminal terminal) => new("deadletters", "Lists, shows, replays and discards messages that services could not handle.")
    {
        CreateList(terminal), CreateShow(terminal), LetterDecisionCommands.CreateReplay(terminal), LetterDecisionCommands.CreateDiscard(terminal),
    };

    private static Command CreateList(Terminal terminal)
    {
        var status = new Option<string?>("--status")
        {
            HelpName = string.Join('|', DeadLetterStatuses.All), Description = "Only those; without it all, also those that were dealt with.",
        }.AcceptOnlyFromAmong([.. DeadLetterStatuses.All]);
        var (options, json) = (new LetterOptions(), CommonOptions.Json());
        var command = new Command("list", "Prints the dead letters of each service, oldest first.") { status, json };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = options.Open(parsed);
            var found = new List<ShownLetter>();
            foreach (var service in options.Services(parsed))
            {
                await foreach (var letter in client.DeadLettersAsync(service, parsed.GetValue(status), options.Filter(parsed), cancellation))
                {
                    found.Add(new ShownLetter(service, letter));
                }
            }

            DeadLettersPrinter.Print(terminal, found);
            await ReportFile.WriteAsync(parsed.GetValue(json), found, GatewayJson.Default.IReadOnlyListShownLetter, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateShow(Terminal terminal)
    {
        var id = new Argument<long>("ID") { Description = "Id of the letter within its service, as 'list' prints it." };
        var service = new Option<string>("--service")
        {
            HelpName = string.Join('|', GatewayClient.Services), Description = "Service that has the letter.", Required = true,
        }.AcceptOnlyFromAmong([.. GatewayClient.Services]);
        var gateway = CommonOptions.Gateway("Gateway of the system (default: the one that 'up' started).");
        var json = CommonOptions.Json();
        var command = new Command("show", "Prints all that is known of a letter, and the message as it came.") { id, service, gateway, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = LetterOptions.Open(parsed.GetValue(gateway));
            var (name, number) = (parsed.GetValue(service)!, parsed.GetValue(id));
            var answer = await client.DeadLetterAsync(name, number, cancellation);
            var details = answer.Status == 404
                ? throw new CliException($"{name} has no letter {number}; 'deadletters list' shows those that there are.")
                : answer.Required($"GET of letter {number} of {name}");
            DeadLettersPrinter.Print(terminal, details);
            await ReportFile.WriteAsync(parsed.GetValue(json), new ShownEnvelope(name, details), GatewayJson.Default.ShownEnvelope, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
