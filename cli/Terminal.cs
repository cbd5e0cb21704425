using Spectre.Console;

namespace Cli;

/// <summary>Where a command writes to, and the clock it uses; tests pass their own.</summary>
internal sealed record Terminal(IAnsiConsole Out, TextWriter Error, TimeProvider Time)
{
    // A file or pipe has no width; Spectre then assumes 80 columns, in which the table of results does not fit.
    private const int FileWidth = 180;

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess()
    {
        var console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = FileWidth;
        }

        return new Terminal(console, Console.Error, TimeProvider.System);
    }

    /// <summary>Writes a line as it is, without markup.</summary>
    public void Line(string text) => Out.WriteLine(text);
}
