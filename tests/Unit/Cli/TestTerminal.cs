using Cli;
using Spectre.Console;

namespace Tests.Unit.Cli;

/// <summary>A terminal that remembers what was written.</summary>
internal sealed class TestTerminal
{
    private const int Width = 180;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public TestTerminal()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = Width;
        Terminal = new Terminal(console, error, TimeProvider.System);
    }

    public Terminal Terminal { get; }

    public string Output => output.ToString();

    public string Error => error.ToString();

    public Task<int> RunAsync(params string[] args) => CommandLine.RunAsync(args, Terminal);
}
