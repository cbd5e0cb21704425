using Cli;
using Spectre.Console;

namespace Tests.Unit.Cli;

public sealed class TerminalTests
{
    [Theory]
    [InlineData("order-1\u001b[2Jorder-2", "order-1\ufffd[2Jorder-2")]
    [InlineData("\u009b31mred", "\ufffd31mred")]
    [InlineData("two\nlines\tand [markup]", "two\nlines\tand [markup]")]
    public void what_would_steer_the_terminal_is_not_printed(string text, string expected)
    {
        var terminal = new TestTerminal();

        terminal.Terminal.Line(text);

        terminal.Output.ShouldBe(expected + Environment.NewLine);
        Terminal.Cell(text).ShouldBe(Markup.Escape(expected));
    }
}
