namespace Tests.Unit.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData]
    [InlineData("dance")]
    [InlineData("demo", "--bogus")]
    [InlineData("demo", "--orders")]
    [InlineData("demo", "--orders", "0")]
    [InlineData("demo", "--orders", "many")]
    [InlineData("demo", "--duplicates", "2")]
    [InlineData("demo", "--pattern", "hope")]
    [InlineData("demo", "--fail", "gateway")]
    [InlineData("demo", "--fail", "invoices", "--gateway", "http://127.0.0.1:1")]
    [InlineData("demo", "--gateway", "here")]
    [InlineData("demo", "--gateway", "http://127.0.0.1:1", "--duplicates", "0.1")]
    [InlineData("demo", "--json", "/no/such/directory/out.json")]
    [InlineData("demo", "--json", "/tmp")]
    [InlineData("load", "--rate", "0")]
    [InlineData("load", "--rate")]
    [InlineData("load", "--rate", "100000", "--seconds", "3600")]
    [InlineData("attention", "retry")]
    [InlineData("attention", "retry", "o1", "--all")]
    [InlineData("workflow", "show")]
    [InlineData("workflow", "show", "o1", "--dapr-grpc", "here")]
    [InlineData("verify", "extra")]
    [InlineData("up", "--data-dir")]
    [InlineData("up", "--components", "no-such-folder")]
    [InlineData("demo", "--components", "policies")]
    [InlineData("demo", "--components", "redis", "--gateway", "http://127.0.0.1:1")]
    [InlineData("load", "--components", "no/such/path")]
    public async Task a_wrong_command_line_is_one_line_and_exit_code_2(params string[] args)
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync(args)).ShouldBe(2);

        terminal.Error.TrimEnd().ShouldNotBeEmpty();
        terminal.Error.TrimEnd().ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("verify")]
    [InlineData("load")]
    public async Task an_unreachable_gateway_is_one_line_and_exit_code_1(string command)
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync(command, "--gateway", "http://127.0.0.1:1")).ShouldBe(1);

        terminal.Error.TrimEnd().ShouldStartWith("The gateway at http://127.0.0.1:1/ cannot be reached");
        terminal.Error.TrimEnd().ShouldNotContain("\n");
    }
}
