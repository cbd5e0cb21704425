using System.CommandLine;
using Cli.Gateway;
using Cli.Running;
using Contracts;
using Spectre.Console;

namespace Cli.Attention;

/// <summary><c>attention</c>: orders that are decided but could not be carried out, and another try for them.</summary>
internal static class AttentionCommand
{
    public static Command Create(Terminal terminal) =>
        new("attention", "Lists and retries orders that wait for an operator.") { CreateList(terminal), CreateRetry(terminal) };

    private static Command CreateList(Terminal terminal)
    {
        var gateway = CommonOptions.Gateway("Gateway of the system (default: the one that 'up' started).");
        var command = new Command("list", "Prints the orders that need attention, and why.") { gateway };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = Open(parsed.GetValue(gateway));
            var table = new Table().Border(TableBorder.None).AddColumns("order", "status", "since (UTC)", "step", "why");
            var count = 0;
            await foreach (var order in client.NeedingAttentionAsync(cancellation))
            {
                var attention = order.Attention!;
                table.AddRow(
                    Terminal.Cell(order.OrderId), order.Status, $"{attention.Since:yyyy-MM-dd HH:mm:ss}",
                    Terminal.Cell(attention.Step), Terminal.Cell(attention.Reason));
                count++;
            }

            if (count > 0)
            {
                terminal.Out.Write(table);
            }

            terminal.Line($"{count} orders need attention");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateRetry(Terminal terminal)
    {
        var orders = new Argument<string[]>("ORDER") { Description = "Orders to try again.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Try all again that need attention." };
        var gateway = CommonOptions.Gateway("Gateway of the system (default: the one that 'up' started).");
        var command = new Command("retry", "Tries again to carry out what was decided; safe to repeat.") { orders, all, gateway };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(orders) is { Length: > 0 }))
            {
                result.AddError("retry: name orders, or give --all for every one that needs attention; not both.");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = Open(parsed.GetValue(gateway));
            var refused = 0;
            var asked = 0;
            await foreach (var orderId in Chosen(client, parsed.GetValue(all) ? null : parsed.GetValue(orders), cancellation))
            {
                var answer = await client.RetryAsync(orderId, cancellation);
                asked++;
                if (answer.Value is null)
                {
                    refused++;
                    terminal.Line($"{orderId}: refused with {answer.Status}: {answer.Text}");
                }
            }

            terminal.Line($"{asked - refused} of {asked} orders are tried again; 'attention list' shows what is left of them");
            return refused == 0 ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return command;
    }

    private static IAsyncEnumerable<string> Chosen(GatewayClient client, string[]? named, CancellationToken cancellation) =>
        named?.ToAsyncEnumerable() ?? client.NeedingAttentionAsync(cancellation).Select(order => order.OrderId);

    private static GatewayClient Open(Uri? address) =>
        GatewayClient.For(address ?? DaprYaml.Read(RepoRoot.Find().DaprYaml).AddressOf(AppIds.Gateway));
}
