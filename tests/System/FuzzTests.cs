using Cli;
using Cli.Fuzz;
using Spectre.Console;

namespace Tests.System;

/// <summary>
/// Goal: malformed requests break nothing. Method: a short run of <c>cli fuzz</c> at every door of the real system, then orders and the audit.
/// </summary>
public sealed class FuzzTests
{
    private const int Requests = 2_000;
    private const int Seed = 1;
    private const long GrowthMaxMiB = 600;

    [Fact]
    public async Task malformed_requests_get_documented_answers_and_the_system_works_on()
    {
        await using var system = await SystemUnderTest.StartAsync();
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();
        var before = ProcessMemory.Of(system.DataDirectory);
        var quiet = new Terminal(
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }), TextWriter.Null, TimeProvider.System);
        var run = new FuzzRun(FuzzTarget.All(system.Yaml, system.Secrets), Seed, quiet);

        await run.RunAsync(0, Requests, CancellationToken.None);

        run.Findings.Select(f => $"#{f.Number} {f.Request.Target.Name}: {f.What}: {f.Request}").ShouldBeEmpty();
        run.Statuses.Values.Sum().ShouldBe(Requests);
        var after = ProcessMemory.Of(system.DataDirectory);
        after.Select(p => p.Id).ShouldBe(before.Select(p => p.Id));
        after.Zip(before, (now, then) => now.MiB - then.MiB).ShouldAllBe(growth => growth < GrowthMaxMiB);
        for (var i = 0; i < 20; i++)
        {
            await shopper.ShopAsync(i);
        }

        // Some of the requests were right enough to be orders, of which the shopper knows nothing.
        (await shopper.AuditAsync()).Violations.Where(v => v.Rule != "nothing-unsent").ShouldBeEmpty();
    }
}
