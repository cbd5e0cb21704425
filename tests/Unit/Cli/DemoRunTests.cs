using System.Text.Json;
using Cli.Demo;
using Cli.Gateway;
using Cli.Reporting;
using Contracts;

namespace Tests.Unit.Cli;

public sealed class DemoRunTests
{
    [Fact]
    public async Task a_sound_system_passes_and_the_figures_say_what_happened()
    {
        await using var gateway = await FakeGateway.StartAsync();
        var terminal = new TestTerminal();
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "out.json");

        var exitCode = await terminal.RunAsync("demo", "--gateway", gateway.Url, "--orders", "60", "--json", file);

        terminal.Error.ShouldBe("");
        exitCode.ShouldBe(0, terminal.Output);
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        var patterns = json.RootElement.GetProperty("patterns").EnumerateArray().ToList();
        patterns.Select(p => p.GetProperty("name").GetString()).ShouldBe(Patterns.Offered);
        var (placed, confirmed, cancelled) = (Sum("placed"), Sum("confirmed"), Sum("cancelled"));
        placed.ShouldBe(gateway.System.Take().Orders.Count);
        placed.ShouldBe(confirmed + cancelled);
        confirmed.ShouldBeGreaterThan(30);
        cancelled.ShouldBeGreaterThan(6);
        json.RootElement.GetProperty("audit").GetProperty("violations").GetArrayLength().ShouldBe(0);
        terminal.Output.ShouldContain("0 violations");
        json.RootElement.GetProperty("ordersReadBack").GetInt32().ShouldBeGreaterThan(30);
        json.RootElement.GetProperty("profiles").GetProperty("edits").GetInt32().ShouldBe(8);
        json.RootElement.GetProperty("profiles").GetProperty("conflictsResolved").GetInt32().ShouldBe(4);
        terminal.Output.ShouldContain("repaired: 0 orders");
        var events = patterns.Single(p => p.GetProperty("name").GetString() == Patterns.Events).GetProperty("traffic");
        events.GetProperty("messagesPerOrder").GetDouble().ShouldBe(2);
        events.GetProperty("deliveriesPerOrder").GetDouble().ShouldBe(3);
        events.GetProperty("callsPerOrder").GetDouble().ShouldBe(0);

        int Sum(string name) => patterns.Sum(p => p.GetProperty(name).GetInt32());
    }

    [Fact]
    public async Task an_outage_begins_in_the_middle_of_the_orders_and_is_reported()
    {
        await using var gateway = await FakeGateway.StartAsync();
        using var client = GatewayClient.For(new Uri(gateway.Url));
        var terminal = new TestTerminal();
        var placedBefore = 0;
        var run = new DemoRun(client, Settings(60) with { Outage = new Outage("invoices", 20) }, terminal.Terminal)
        {
            Fail = (_, _) =>
            {
                placedBefore = gateway.System.Take().Orders.Count;
                return Task.CompletedTask;
            },
        };

        var report = await run.RunAsync(terminal.Terminal.Time.GetTimestamp(), CancellationToken.None);

        placedBefore.ShouldBeInRange(1, 59);
        report.Outage.ShouldBe(new Outage("invoices", 20));
        report.Audit.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task orders_that_had_to_be_healed_are_counted_once_each_with_how_late_they_were()
    {
        await using var gateway = await FakeGateway.StartAsync(Defect.LosesMessages);
        using var client = GatewayClient.For(new Uri(gateway.Url));
        var terminal = new TestTerminal();

        var report = await new DemoRun(client, Settings(60), terminal.Terminal).RunAsync(
            terminal.Terminal.Time.GetTimestamp(), CancellationToken.None);

        var expected = new RepairFigures(gateway.System.Take().Orders.Count / 5, 6000, 6000);
        report.Effort.Repairs.ShouldBe(expected);
        report.Patterns.ShouldHaveSingleItem().Repairs.ShouldBe(expected);
        report.Effort.OtherRepairs.ShouldBe(0);
    }

    [Fact]
    public async Task counts_that_a_restart_has_lost_are_not_shown_as_numbers()
    {
        await using var gateway = await FakeGateway.StartAsync(Defect.Restarts);
        var terminal = new TestTerminal();

        (await terminal.RunAsync("demo", "--gateway", gateway.Url, "--orders", "20")).ShouldBe(0, terminal.Output);

        terminal.Output.ShouldContain("messages and calls are unknown: invoices was started again");
    }

    [Fact]
    public async Task only_a_sidecar_of_its_own_can_be_told_to_lose()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("demo", "--gateway", "http://127.0.0.1:1", "--lose", "0.05")).ShouldBe(2);

        terminal.Error.ShouldContain("--lose");
    }

    [Theory]
    [InlineData(Defect.LosesAnOrder, "acknowledged-exists")]
    [InlineData(Defect.IgnoresKeys, "same-key-same-order")]
    [InlineData(Defect.ForgetsCancellations, "expected-outcome")]
    [InlineData(Defect.ChecksNothing, "bad-request-refused")]
    [InlineData(Defect.NeverSettles, "converged")]
    [InlineData(Defect.ReadsThePast, "read-your-writes")]
    [InlineData(Defect.LosesAnOrder, "read-your-writes")]
    [InlineData(Defect.OverwritesAddresses, "profile-merged")]
    [InlineData(Defect.ForgetsDecisions, "profiles-agree")]
    [InlineData(Defect.SplitsReplicas, "profiles-agree")]
    internal async Task a_system_that_breaks_a_promise_is_found_out(Defect defect, string rule)
    {
        await using var gateway = await FakeGateway.StartAsync(defect);
        using var client = GatewayClient.For(new Uri(gateway.Url));
        var terminal = new TestTerminal();

        var report = await new DemoRun(client, Settings(60), terminal.Terminal).RunAsync(
            terminal.Terminal.Time.GetTimestamp(), CancellationToken.None);

        report.Audit.Violations.ShouldContain(v => v.Rule == rule, string.Join('\n', report.Audit.Violations));
    }

    [Fact]
    public async Task a_stuck_order_is_named_with_the_service_that_lags()
    {
        await using var gateway = await FakeGateway.StartAsync(Defect.NeverSettles);
        using var client = GatewayClient.For(new Uri(gateway.Url));
        var terminal = new TestTerminal();

        var report = await new DemoRun(client, Settings(20), terminal.Terminal).RunAsync(
            terminal.Terminal.Time.GetTimestamp(), CancellationToken.None);

        report.Audit.Violations.First(v => v.Rule == "converged").Detail.ShouldContain(
            "orders: Pending, inventory: nothing, invoices: nothing");
    }

    [Fact]
    public async Task a_lost_answer_is_asked_for_again_and_the_order_counts_once()
    {
        await using var gateway = await FakeGateway.StartAsync(Defect.LosesAnswers);
        var terminal = new TestTerminal();

        var exitCode = await terminal.RunAsync("demo", "--gateway", gateway.Url, "--orders", "20");

        exitCode.ShouldBe(0, terminal.Output);
        gateway.System.Take().Orders.Count.ShouldBeLessThanOrEqualTo(20);
    }

    private static DemoSettings Settings(int orders) =>
        new(orders, 1, [Patterns.Events], Alone: true, TimeSpan.FromSeconds(1))
    {
        Rate = 500, Confirmation = TimeSpan.FromSeconds(1),
    };
}
