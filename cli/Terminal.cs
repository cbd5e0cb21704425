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

    /// <summary>A table's cell with text from elsewhere: neither markup nor what would steer the terminal.</summary>
    public static string Cell(string text) => Markup.Escape(Plain(text));

    /// <summary>Writes a line, or several, without markup.</summary>
    public void Line(string text) => Out.WriteLine(Plain(text));

    // Ids and texts come from whoever sent a message; an escape sequence among them could rewrite what an operator sees.
    private static string Plain(string text) => text.AsSpan().ContainsAnyInRange('\0', '\u001f') || text.AsSpan().ContainsAnyInRange('\u007f', '\u009f')
        ? string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t') ? '\ufffd' : c))
        : text;
}
