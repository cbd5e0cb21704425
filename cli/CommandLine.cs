using System.CommandLine;
using System.Runtime.InteropServices;
using Cli.Access;
using Cli.Attention;
using Cli.Conflicts;
using Cli.DeadLetters;
using Cli.Demo;
using Cli.Fuzz;
using Cli.Load;
using Cli.Placing;
using Cli.Repairs;
using Cli.Up;
using Cli.Verify;
using Cli.Views;
using Cli.Workflows;

namespace Cli;

/// <summary>
/// Parses the command line, runs the command, and turns every failure into one line and an exit code.
/// </summary>
internal static class CommandLine
{
    private const string Key = "--key";

    /// <summary>All commands, as they are parsed.</summary>
    public static RootCommand Create(Terminal terminal) =>
        new("Shows, checks and measures how services stay consistent without blocking each other.")
        {
            DemoCommand.Create(terminal),
            UpCommand.Create(terminal),
            PlaceCommand.Create(terminal),
            VerifyCommand.Create(terminal),
            LoadCommand.Create(terminal),
            WorkflowCommand.Create(terminal),
            AttentionCommand.Create(terminal),
            ConflictsCommand.Create(terminal),
            RepairsCommand.Create(terminal),
            DeadLettersCommand.Create(terminal),
            ViewsCommand.Create(terminal),
            KeysCommand.Create(terminal),
            FuzzCommand.Create(terminal),
            new Option<string?>(Key)
            {
                HelpName = "KEY", Recursive = true,
                Description = $"Key for the gateway (default: {ShownSecrets.KeyVariable}, else the key of the run on this machine).",
            },
        };

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var root = Create(terminal);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            var command = parsed.CommandResult.Command == root ? "" : parsed.CommandResult.Command.Name + " ";
            await terminal.Error.WriteLineAsync($"{OneLine(parsed.Errors[0].Message)} See: {command}--help");
            return ExitCodes.Usage;
        }

        ShownSecrets.GivenKey = parsed.GetValue<string?>(Key);
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(stop);
        try
        {
            // Signals are handled here, so that a started system has the time it needs to stop.
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, stop.Token);
        }
        catch (UsageException e)
        {
            await terminal.Error.WriteLineAsync(OneLine(e.Message));
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync("Stopped.");
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is CliException or IOException or UnauthorizedAccessException)
        {
            await terminal.Error.WriteLineAsync(OneLine(e.Message));
            return ExitCodes.Failed;
        }
        catch (Exception e)
        {
            await terminal.Error.WriteLineAsync($"Unexpected {e.GetType().Name}: {OneLine(e.Message)}");
            return ExitCodes.Failed;
        }
    }

    private static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>
    /// Ctrl+C, a polite kill and a closed terminal end the command, not the process: it has children to stop.
    /// </summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly List<PosixSignalRegistration> registrations;

        public StopSignals(CancellationTokenSource stop) =>
            registrations =
            [
                .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
                    .Select(signal => PosixSignalRegistration.Create(signal, context =>
                    {
                        context.Cancel = true;
                        stop.Cancel();
                    })),
            ];

        public void Dispose() => registrations.ForEach(registration => registration.Dispose());
    }
}
