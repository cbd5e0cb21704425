using System.CommandLine;
using Cli.Gateway;
using Cli.Reporting;
using Cli.Running;
using Contracts;
using Contracts.Conflicts;

namespace Cli.Conflicts;

/// <summary><c>conflicts</c>: values that were written to a customer in Orders and in Invoices at the same time, and a decision between them.</summary>
internal static class ConflictsCommand
{
    private static readonly string[] Replicas = [AppIds.Orders, AppIds.Invoices];

    public static Command Create(Terminal terminal) => new("conflicts", "Lists, shows and decides conflicting writes to customers.")
    {
        CreateList(terminal), CreateShow(terminal), CreateResolve(terminal),
    };

    private static Command CreateList(Terminal terminal)
    {
        var status = new Option<string?>("--status")
        {
            HelpName = $"{ConflictStatuses.Open}|{ConflictStatuses.Resolved}", Description = "Only those; without it all.",
        }.AcceptOnlyFromAmong(ConflictStatuses.Open, ConflictStatuses.Resolved);
        var replica = Replica("Only what this replica has met; without it both are asked.", fallback: null);
        var (gateway, json) = (Gateway(), CommonOptions.Json());
        var command = new Command("list", "Prints the conflicts that each replica has met, and how they ended.") { status, replica, gateway, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = Open(parsed.GetValue(gateway));
            var found = new List<ShownConflict>();
            foreach (var name in parsed.GetValue(replica) is { } one ? [one] : Replicas)
            {
                await foreach (var conflict in client.ConflictsAsync(name, parsed.GetValue(status), customerId: null, cancellation))
                {
                    found.Add(new ShownConflict(name, conflict));
                }
            }

            ConflictsPrinter.Print(terminal, found);
            await ReportFile.WriteAsync(parsed.GetValue(json), found, GatewayJson.Default.IReadOnlyListShownConflict, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateShow(Terminal terminal)
    {
        var customer = Customer();
        var (gateway, json) = (Gateway(), CommonOptions.Json());
        var command = new Command("show", "Prints a customer as both replicas read it, and the conflicts that it had.") { customer, gateway, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = Open(parsed.GetValue(gateway));
            var id = parsed.GetValue(customer)!;
            var shown = new List<ShownCustomer>();
            foreach (var name in Replicas)
            {
                var answer = await client.CustomerAsync(name, id, cancellation);
                var history = await client.ConflictsAsync(name, status: null, id, cancellation).ToListAsync(cancellation);
                shown.Add(new ShownCustomer(name, answer.Status == 404 ? null : answer.Required($"GET of customer {id} in {name}"), history));
            }

            if (shown.All(s => s.Customer is null))
            {
                throw new CliException($"There is no customer '{id}', neither in Orders nor in Invoices.");
            }

            ConflictsPrinter.Print(terminal, shown);
            await ReportFile.WriteAsync(parsed.GetValue(json), shown, GatewayJson.Default.IReadOnlyListShownCustomer, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateResolve(Terminal terminal)
    {
        var customer = Customer();
        var field = new Argument<string>("FIELD") { Description = "Field in conflict, for example email." };
        var value = new Argument<string>("VALUE")
        {
            Description = "Value that is to stand: JSON, or plain text, for example ann@example.com, 50000 or '{\"city\":\"Bonn\"}'.",
        };
        var replica = Replica("Replica to write to; the decision reaches both.", AppIds.Orders);
        var (gateway, json) = (Gateway(), CommonOptions.Json());
        var command = new Command("resolve", "Decides an open conflict: the value replaces all that were written.")
        {
            customer, field, value, replica, gateway, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = Open(parsed.GetValue(gateway));
            var (id, name) = (parsed.GetValue(customer)!, parsed.GetValue(field)!);
            var chosen = GivenValue.Read(name, parsed.GetValue(value)!);
            var answer = await client.ResolveAsync(parsed.GetValue(replica)!, id, name, chosen, key: null, cancellation);
            var resolved = answer.Required($"Resolving {name} of customer {id}");
            terminal.Line($"{name} of customer {id} is {chosen.GetRawText()} now; 'conflicts show {id}' tells when both replicas have it");
            await ReportFile.WriteAsync(parsed.GetValue(json), resolved, GatewayJson.Default.CustomerDetails, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Argument<string> Customer() => new("CUSTOMER") { Description = "Customer id." };

    private static Option<string?> Replica(string description, string? fallback) => new Option<string?>("--replica")
    {
        HelpName = string.Join('|', Replicas), Description = description, DefaultValueFactory = _ => fallback,
    }.AcceptOnlyFromAmong(Replicas);

    private static Option<Uri?> Gateway() => CommonOptions.Gateway("Gateway of the system (default: the one that 'up' started).");

    private static GatewayClient Open(Uri? address) =>
        GatewayClient.For(address ?? DaprYaml.Read(RepoRoot.Find().DaprYaml).AddressOf(AppIds.Gateway));
}
