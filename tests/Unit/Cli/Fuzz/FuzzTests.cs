using Cli;
using Cli.Access;
using Cli.Fuzz;
using Cli.Running;
using Spectre.Console;

namespace Tests.Unit.Cli.Fuzz;

public sealed class FuzzTests
{
    private static readonly RunSecrets Secrets = RunSecrets.Create(new Uri("http://127.0.0.1:5100/"));
    private static readonly IReadOnlyList<FuzzTarget> Targets = FuzzTarget.All(DaprYaml.Read(RepoRoot.Find().DaprYaml), Secrets);

    [Fact]
    public void a_seed_and_a_number_make_the_same_request_again()
    {
        foreach (var number in Enumerable.Range(0, 200))
        {
            Run(seed: 3).Request(number).Bytes.ShouldBe(Run(seed: 3).Request(number).Bytes);
        }

        Enumerable.Range(0, 50).ShouldContain(n => !Run(seed: 3).Request(n).Bytes.SequenceEqual(Run(seed: 4).Request(n).Bytes));
    }

    [Fact]
    public void every_kind_of_door_is_knocked_at_and_no_sidecar_is_told_to_end()
    {
        var requests = Enumerable.Range(0, 2_000).Select(Run(seed: 5).Request).ToList();

        requests.Select(r => r.Target.Kind).Distinct().Count().ShouldBe(4);
        requests.ShouldAllBe(r => !r.IsHarmful);
    }

    [Fact]
    public void a_printed_request_holds_no_secret()
    {
        var shown = string.Join('\n', Enumerable.Range(0, 2_000).Select(n => Run(seed: 6).Request(n).ToString()));

        string[] secrets = [Secrets.OperatorKey, Secrets.DaprApiToken, Secrets.AppApiToken];
        secrets.ShouldAllBe(s => !shown.Contains(s));
    }

    [Theory]
    [InlineData("Gateway", 500, "HTTP/1.1 500 x\r\n\r\n{}", "status 500")]
    [InlineData("Gateway", 502, "", "status 502")]
    [InlineData("Gateway", 503, "HTTP/1.1 503 x\r\nContent-Type: application/problem+json\r\n\r\n{}", null)]
    [InlineData("Gateway", 422, "", null)]
    [InlineData("Gateway", 400, "HTTP/1.1 400 x\r\n\r\nboom\n   at Gateway.Program.Main(String[] args)", "a stack trace in the answer")]
    [InlineData("Sidecar", 500, "{\"errorCode\":\"ERR_DIRECT_INVOKE\"}", null)]
    [InlineData("Sidecar", 500, "{\"errorCode\":\"ERR_OOPS\"}", "status 500")]
    [InlineData("Gateway", 500, "{\"errorCode\":\"ERR_DIRECT_INVOKE\"}", "status 500")]
    public void a_5xx_is_a_violation_unless_it_is_documented(string kind, int status, string text, string? expected)
    {
        var request = new FuzzRequest(Targets.First(t => t.Kind.ToString() == kind), "GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        FuzzJudge.Violation(request, new RawAnswer(status, text, Hangs: false, IsAway: false)).ShouldBe(expected);
    }

    [Fact]
    public void an_absent_door_and_one_that_never_answers_are_violations()
    {
        var request = new FuzzRequest(Targets[0], []);

        FuzzJudge.Violation(request, RawAnswer.Away).ShouldBe("nobody listens any more");
        FuzzJudge.Violation(request, new RawAnswer(null, "", Hangs: true, IsAway: false)).ShouldBe("neither an answer nor an end");
    }

    private static FuzzRun Run(int seed) =>
        new(Targets, seed, new Terminal(AnsiConsole.Create(new AnsiConsoleSettings()), TextWriter.Null, TimeProvider.System));
}
