using System.Diagnostics;
using Cli.Running;

namespace Tests.Unit.Cli;

public sealed class LeftoversTests
{
    [Fact]
    public async Task what_a_run_leaves_behind_is_killed_and_nothing_else()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "needs /proc");
        using var left = Sleep("/some/run-1");
        using var other = Sleep("/some/run-11");

        Leftovers.Kill("/some/run-1").ShouldBe(1);

        await left.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
        other.HasExited.ShouldBeFalse();
        other.Kill();
    }

    private static Process Sleep(string run)
    {
        var start = new ProcessStartInfo("sleep", ["60"]) { UseShellExecute = false };
        start.Environment[Leftovers.Variable] = run;
        return Process.Start(start)!;
    }
}
