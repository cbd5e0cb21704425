using System.CommandLine;
using Cli.Gateway;
using Cli.Running;
using Contracts;
using Contracts.Ordering;
using Spectre.Console;

namespace Cli.Views;

/// <summary><c>views</c>: how the gateway's view of orders is, and building it anew.</summary>
internal static class ViewsCommand
{
    public static Command Create(Terminal terminal) =>
        new("views", "Shows the gateway's view of orders, and builds it anew.") { CreateStatus(terminal), CreateRebuild(terminal) };

    private static Command CreateStatus(Terminal terminal)
    {
        var gateway = CommonOptions.Gateway("Gateway of the system (default: the one that 'up' started).");
        var command = new Command("status", "Prints how many orders the view has, and how old it is.") { gateway };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = Open(parsed.GetValue(gateway));
            Print(terminal, await client.OrderViewAsync(cancellation));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateRebuild(Terminal terminal)
    {
        var wait = new Option<bool>("--wait") { Description = "Come back when the new edition serves." };
        var gateway = CommonOptions.Gateway("Gateway of the system (default: the one that 'up' started).");
        var command = new Command("rebuild", "Builds the view anew from the services' feeds, while it serves; safe to repeat.") { wait, gateway };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = Open(parsed.GetValue(gateway));
            var state = await client.RebuildOrderViewAsync(cancellation);
            while (parsed.GetValue(wait) && state.Rebuild is not null)
            {
                await Task.Delay(Limits.Poll, terminal.Time, cancellation);
                state = await client.OrderViewAsync(cancellation);
            }

            Print(terminal, state);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Print(Terminal terminal, OrderViewState state)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("source", "as of (UTC)", "lag");
        foreach (var source in state.Sources)
        {
            table.AddRow(source.Service, $"{source.AsOf:yyyy-MM-dd HH:mm:ss.fff}", $"{source.LagMs} ms");
        }

        terminal.Out.Write(table);
        terminal.Line($"{state.Rows} orders, {state.LagMs} ms behind");
        if (state.Rebuild is { } rebuild)
        {
            terminal.Line(
                $"rebuild since {rebuild.Since:HH:mm:ss} ({rebuild.Reason}): {rebuild.Rows} rows, "
                + $"complete: {(rebuild.Complete.Count == 0 ? "none" : string.Join(", ", rebuild.Complete))}");
        }
    }

    private static GatewayClient Open(Uri? address) =>
        GatewayClient.For(address ?? DaprYaml.Read(RepoRoot.Find().DaprYaml).AddressOf(AppIds.Gateway));
}
