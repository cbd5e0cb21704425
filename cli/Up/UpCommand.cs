using System.CommandLine;
using Cli.Placing;
using Cli.Running;

namespace Cli.Up;

/// <summary><c>up</c>: starts the system and leaves it running until Ctrl+C.</summary>
internal static class UpCommand
{
    public static Command Create(Terminal terminal)
    {
        var dataDirectory = new Option<string?>("--data-dir")
        {
            HelpName = "DIR", Description = "Where data is kept between runs (default .run/data).",
        };
        var components = CommonOptions.Components();
        var replicas = CommonOptions.Replicas();
        var command = new Command("up", "Builds and starts the system, and leaves it running until Ctrl+C.") { dataDirectory, components, replicas };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(dataDirectory), parsed.GetValue(components)!, parsed.GetValue(replicas)!, terminal, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        string? dataDirectory, string components, IReadOnlyList<string> replicas, Terminal terminal, CancellationToken cancellation)
    {
        var root = RepoRoot.Find();
        var folder = ComponentsFolder.Find(root, components);
        var directory = Path.GetFullPath(dataDirectory ?? root.PathOf(".run", "data"));
        await using var system = await RunningSystem.StartAsync(
            root, () => new StartOptions(Directory.CreateDirectory(directory).FullName) { Components = folder, Replicas = replicas },
            terminal, cancellation);
        terminal.Line($"gateway  {system.Gateway}");
        terminal.Line($"OpenAPI  {new Uri(system.Gateway, "openapi/v1.json")}");
        terminal.Line($"traces   {TracePage.Default.Address}");
        terminal.Line("place    dotnet run --project cli -- place (an order of each pattern, and where its trace is seen)");
        terminal.Line($"keys     {system.SecretsFile} (operatorKey, customerKey; commands in this checkout find them by themselves)");
        terminal.Line($"data     {directory}");
        terminal.Line($"log      {system.LogFile}");
        terminal.Line("Ctrl+C stops everything.");
        try
        {
            await system.Exited.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            terminal.Line("Stopping.");
            return ExitCodes.Ok;
        }

        throw new CliException($"The sidecar ended by itself; see {system.LogFile}.");
    }
}
