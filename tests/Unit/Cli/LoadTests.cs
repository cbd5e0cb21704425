using System.Text.Json;
using Cli.Load;
using Contracts.Ordering;

namespace Tests.Unit.Cli;

public sealed class LoadTests
{
    [Fact]
    public async Task a_load_run_sends_what_it_says_and_audits()
    {
        await using var gateway = await FakeGateway.StartAsync();
        var terminal = new TestTerminal();
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "out.json");

        var exitCode = await terminal.RunAsync(
            "load", "--gateway", gateway.Url, "--rate", "100", "--seconds", "1", "--warmup", "1", "--json", file);

        exitCode.ShouldBe(0, terminal.Error + terminal.Output);
        gateway.System.Take().Orders.Count.ShouldBe(200, "warm-up and measurement");
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        json.RootElement.GetProperty("accepted").GetInt32().ShouldBe(100);
        json.RootElement.GetProperty("converged").GetBoolean().ShouldBeTrue();
        json.RootElement.GetProperty("acceptMs").GetProperty("p999").GetDouble().ShouldBeGreaterThan(0);
        var pattern = json.RootElement.GetProperty("patterns").EnumerateArray().ShouldHaveSingleItem();
        pattern.GetProperty("accepted").GetInt32().ShouldBe(100);
        pattern.GetProperty("traffic").GetProperty("messagesPerOrder").GetDouble().ShouldBe(2, "the warm-up's orders are not measured");
    }

    [Fact]
    public async Task errors_are_counted_by_what_they_were_and_a_run_of_errors_fails()
    {
        await using var gateway = await FakeGateway.StartAsync(Defect.LosesAnswers);
        var terminal = new TestTerminal();

        (await terminal.RunAsync("load", "--gateway", gateway.Url, "--rate", "20", "--seconds", "1", "--warmup", "0")).ShouldBe(1);

        terminal.Output.ShouldContain("20 x HTTP 503");
    }

    [Fact]
    public async Task verify_finds_what_is_wrong_in_a_running_system()
    {
        await using var gateway = await FakeGateway.StartAsync();
        var terminal = new TestTerminal();
        (await terminal.RunAsync("load", "--gateway", gateway.Url, "--rate", "20", "--seconds", "1", "--warmup", "0")).ShouldBe(0);
        (await terminal.RunAsync("verify", "--gateway", gateway.Url)).ShouldBe(0);

        gateway.System.Adjust(gateway.System.Take().Stock[0].Sku, -1_000_000_000);

        (await terminal.RunAsync("verify", "--gateway", gateway.Url)).ShouldBe(1);
        terminal.Output.ShouldContain("stock-conserved");
    }

    [Theory]
    [InlineData("""{"orderId":"o-1","status":"Pending"}""", "o-1")]
    [InlineData("""{"status":"Pending","orderId":"o-2"}""", "o-2")]
    [InlineData("""{"status":"Pending"}""", null)]
    [InlineData("""{"orderId":"cut off""", null)]
    public void the_order_id_is_found_without_parsing(string json, string? expected) =>
        LoadClient.OrderIdIn(System.Text.Encoding.UTF8.GetBytes(json)).ShouldBe(expected);

    [Fact]
    public void bodies_are_valid_orders_by_many_customers_and_the_same_for_the_same_seed()
    {
        var settings = new LoadSettings(
            Rate: 100, Seconds: 10, Customers: 50, Skus: 20, Seed: 3, TimeSpan.FromSeconds(1));
        var plan = new LoadPlan(settings, "tag");
        var orders = Enumerable.Range(0, settings.Total)
            .Select(i => JsonSerializer.Deserialize<PlaceOrder>(plan.BodyOf(i), JsonSerializerOptions.Web)!).ToList();

        orders.ShouldAllBe(o => o.Validate().Count == 0);
        orders.Select(o => o.CustomerId).Distinct(StringComparer.Ordinal).Count().ShouldBe(50);
        new LoadPlan(settings, "tag").BodyOf(7).ShouldBe(plan.BodyOf(7));
    }
}
