using System.Text.Json;

namespace Tests.Unit.Cli;

public sealed class RepairsCommandTests
{
    [Fact]
    public async Task all_pages_of_all_services_are_listed_and_written()
    {
        await using var gateway = await FakeGateway.StartAsync(Defect.LosesMessages);
        var terminal = new TestTerminal();
        (await terminal.RunAsync("load", "--gateway", gateway.Url, "--rate", "25", "--seconds", "1", "--warmup", "0")).ShouldBe(0, terminal.Error);
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "out.json");

        (await terminal.RunAsync("repairs", "list", "--gateway", gateway.Url, "--json", file)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("order order-000025");
        terminal.Output.ShouldContain("10 repairs: orders 5, inventory 5, invoices 0");
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        json.RootElement.GetProperty("services").GetProperty("orders").GetArrayLength().ShouldBe(5);
    }

    [Fact]
    public async Task where_nothing_was_healed_it_says_so()
    {
        await using var gateway = await FakeGateway.StartAsync();
        var terminal = new TestTerminal();

        (await terminal.RunAsync("repairs", "list", "--gateway", gateway.Url)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("0 repairs");
    }
}
