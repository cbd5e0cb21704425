using System.CommandLine;
using Sidecar.Hosting;
using Sidecar.Hosting.Processes;

// First and alone: this mode is over in milliseconds and loads nothing else.
if (args is [ExecMode.Name, ..])
{
    return ExecMode.Run(args);
}

var root = new RootCommand("A Dapr-compatible sidecar for machines without Dapr") { RunCommand.Create() };
var parsed = root.Parse(args);
if (parsed.Errors is [var error, ..])
{
    await Console.Error.WriteLineAsync($"{error.Message} See 'sidecar run --help'.");
    return 1;
}

// Signals are the run command's own.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
