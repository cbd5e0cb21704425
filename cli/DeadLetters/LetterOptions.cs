using System.CommandLine;
using Cli.Gateway;
using Cli.Running;
using Contracts;
using Contracts.DeadLetters;

namespace Cli.DeadLetters;

/// <summary>Which letters of which services a command means.</summary>
internal sealed class LetterOptions
{
    private readonly Option<string?> service = new Option<string?>("--service")
    {
        HelpName = string.Join('|', GatewayClient.Services), Description = "Only letters of this service; without it all three are asked.",
    }.AcceptOnlyFromAmong([.. GatewayClient.Services]);

    private readonly Option<string?> topic = Text("--topic", "TOPIC", "Only messages of this topic, for example orders.");
    private readonly Option<string?> type = Text("--type", "TYPE", "Only messages of this type, for example order.placed.v1.");
    private readonly Option<string?> subject = Text("--subject", "ID", "Only messages of this aggregate, for example an order id.");
    private readonly Option<string?> reason = Text("--reason", "TEXT", "Only messages whose reason contains this text.");
    private readonly Option<int> olderThan = CommonOptions.Number(
        "--older-than", "SECONDS", "Only messages that were kept at least so long ago.", 0, int.MaxValue, fallback: 0);

    private readonly Option<Uri?> gateway = CommonOptions.Gateway("Gateway of the system (default: the one that 'up' started).");

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[service, topic, type, subject, reason, olderThan, gateway])
        {
            command.Add(option);
        }
    }

    public GatewayClient Open(ParseResult parsed) => Open(parsed.GetValue(gateway));

    public static GatewayClient Open(Uri? address) =>
        GatewayClient.For(address ?? DaprYaml.Read(RepoRoot.Find().DaprYaml).AddressOf(AppIds.Gateway));

    public IReadOnlyList<string> Services(ParseResult parsed) => parsed.GetValue(service) is { } one ? [one] : GatewayClient.Services;

    public DeadLetterFilter Filter(ParseResult parsed) => Filter(o => parsed.GetValue(o), parsed.GetValue(olderThan));

    /// <summary>Ids count within a service; a filter and --all say the opposite of each other, and of ids.</summary>
    public void CheckChoice(Command command, Argument<long[]> ids, Option<bool> all) => command.Validators.Add(result =>
    {
        // Of what is malformed itself nothing more can be said.
        if (result.Errors.Any())
        {
            return;
        }

        var hasIds = result.GetValue(ids) is { Length: > 0 };
        var hasFilter = !Filter(o => result.GetValue(o), result.GetValue(olderThan)).IsEmpty();
        if ((hasIds ? 1 : 0) + (hasFilter ? 1 : 0) + (result.GetValue(all) ? 1 : 0) != 1)
        {
            result.AddError($"{command.Name}: name letters by their ids, or give filters, or --all for every dead letter; one of these.");
        }
        else if (hasIds && result.GetValue(service) is null)
        {
            result.AddError($"{command.Name}: ids count within a service; name it with --service.");
        }
    });

    private DeadLetterFilter Filter(Func<Option<string?>, string?> value, int seconds) =>
        new(value(topic), value(type), value(subject), value(reason), seconds == 0 ? null : seconds);

    private static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}
