using System.Text.Json;
using Contracts.DeadLetters;
using Contracts.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tests.Unit.Cli;

public sealed class DeadLettersCommandTests : IAsyncLifetime
{
    private readonly List<string> asked = [];
    private readonly WebApplication gateway;
    private string result = LetterResults.Handled;

    public DeadLettersCommandTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        gateway = builder.Build();
        gateway.MapGet("/services/{service}/deadletters", (string service, HttpRequest request, string? after) =>
        {
            asked.Add(request.Path + request.QueryString.Value);
            return Results.Ok(
                service != "inventory" ? new Page<DeadLetterEntry>([], null)
                : after is null ? new Page<DeadLetterEntry>([Entry(1, DeadLetterStatuses.Dead)], "1")
                : new Page<DeadLetterEntry>([Entry(2, DeadLetterStatuses.Parked)], null));
        });
        gateway.MapGet("/services/{service}/deadletters/{id}", (long id) => id == 99
            ? Results.Problem("There is no dead letter '99'.", statusCode: 404)
            : Results.Ok(new DeadLetterDetails(Entry(id, DeadLetterStatuses.Dead), 4, JsonElement.Parse(
                id == 98 ? """{"id":"m98","data":"\ud800"}""" : """{"id":"m1","data":{"orderId":"o1"}}"""))));
        gateway.MapPost("/services/{service}/deadletters/{id:long}/{decision}", async (string service, long id, string decision, HttpRequest request) =>
        {
            await NoteAsync(request);
            return id == 99
                ? Results.Problem("Letter 99: replayed before.", statusCode: 409)
                : Results.Ok(new LetterOutcome(id, $"m{id}", "order.placed.v1", "o1", decision == "discard" ? "discarded" : result, null, 2));
        });
        gateway.MapPost("/services/{service}/deadletters/{decision}", async (string service, HttpRequest request) =>
        {
            var body = await NoteAsync(request);
            var after = body.TryGetProperty("after", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;
            return Results.Ok(new LettersOutcome(
                body.GetProperty("dryRun").GetBoolean(),
                [new LetterOutcome(after + 1, "m", "order.placed.v1", "o1", result)],
                service == "inventory" && after == 0 ? 100 : null));
        });
    }

    private string Url => gateway.Urls.Single();

    public async ValueTask InitializeAsync() => await gateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task all_pages_of_all_services_are_listed_and_written_to_the_file()
    {
        var (terminal, file) = (new TestTerminal(), Path.GetTempFileName());

        (await terminal.RunAsync("deadletters", "list", "--gateway", Url, "--json", file)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("IOException: disk");
        terminal.Output.ShouldContain("2 letters, 1 of them dead, 1 parked behind dead ones");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        json.RootElement.EnumerateArray().Select(l => (l.GetProperty("service").GetString(), l.GetProperty("letter").GetProperty("id").GetInt64()))
            .ShouldBe([("inventory", 1), ("inventory", 2)]);
        File.Delete(file);
    }

    [Fact]
    public async Task a_letter_whose_text_is_none_is_shown_as_it_came()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("deadletters", "show", "98", "--service", "orders", "--gateway", Url)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("""{"id":"m98","data":"\ud800"}""");
    }

    [Fact]
    public async Task every_filter_reaches_the_service_that_is_named()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync(
            "deadletters", "list", "--service", "orders", "--status", "dead", "--topic", "inventory", "--type", "a.b.v1", "--subject", "o1",
            "--reason", "a & b", "--older-than", "60", "--gateway", Url)).ShouldBe(0, terminal.Error);

        asked.ShouldBe(
            ["/services/orders/deadletters?limit=1000&status=dead&topic=inventory&type=a.b.v1&subject=o1&reason=a%20%26%20b&olderThanSeconds=60"]);
    }

    [Fact]
    public async Task a_letter_is_shown_with_its_envelope_and_an_unknown_one_is_told()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("deadletters", "show", "1", "--service", "inventory", "--gateway", Url)).ShouldBe(0, terminal.Error);
        (await terminal.RunAsync("deadletters", "show", "99", "--service", "inventory", "--gateway", Url)).ShouldBe(1);

        terminal.Output.ShouldContain("IOException: disk");
        terminal.Output.ShouldContain("4 parked behind it");
        terminal.Output.ShouldContain("00-trace");
        terminal.Output.ShouldContain("\"orderId\": \"o1\"");
        terminal.Error.ShouldContain("inventory has no letter 99");
    }

    [Fact]
    public async Task named_letters_are_replayed_one_by_one_and_a_refusal_fails_the_command()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("deadletters", "replay", "1", "2", "--service", "inventory", "--by", "ann", "--force", "--gateway", Url))
            .ShouldBe(0, terminal.Error);
        (await terminal.RunAsync("deadletters", "replay", "99", "--service", "inventory", "--gateway", Url)).ShouldBe(1);

        asked.Take(2).ShouldBe(
        [
            """/services/inventory/deadletters/1/replay {"force":true,"by":"ann"}""",
            """/services/inventory/deadletters/2/replay {"force":true,"by":"ann"}""",
        ]);
        terminal.Output.ShouldContain("2 letters: 2 handled; 4 parked behind them handled");
        terminal.Output.ShouldContain("inventory 99: refused with 409");
    }

    [Fact]
    public async Task all_are_replayed_in_batches_of_every_service_and_one_that_stays_dead_fails_the_command()
    {
        var (terminal, file) = (new TestTerminal(), Path.GetTempFileName());

        (await terminal.RunAsync("deadletters", "replay", "--all", "--gateway", Url, "--json", file)).ShouldBe(0, terminal.Error);
        result = LetterResults.Failed;
        (await terminal.RunAsync("deadletters", "replay", "--subject", "o1", "--service", "orders", "--gateway", Url)).ShouldBe(1);

        asked.Select(a => a.Split(' ')[0]).ShouldBe(
        [
            "/services/orders/deadletters/replay", "/services/inventory/deadletters/replay", "/services/inventory/deadletters/replay",
            "/services/invoices/deadletters/replay", "/services/orders/deadletters/replay",
        ]);
        asked[2].ShouldContain("\"after\":100");
        asked[4].ShouldContain("""{"topic":null,"type":null,"subject":"o1","reason":null,"olderThanSeconds":null},"all":false""");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        json.RootElement.GetProperty("outcomes").GetArrayLength().ShouldBe(4);
        File.Delete(file);
    }

    [Fact]
    public async Task a_dry_run_says_that_nothing_was_done()
    {
        result = LetterResults.WouldDiscard;
        var terminal = new TestTerminal();

        (await terminal.RunAsync("deadletters", "discard", "--all", "--note", "tests", "--dry-run", "--service", "orders", "--gateway", Url))
            .ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("1 letters: 1 would-discard; 0 parked behind them, nothing was done");
        asked.Single().ShouldContain("\"note\":\"tests\"");
    }

    [Theory]
    [InlineData("name letters by their ids", "replay")]
    [InlineData("name letters by their ids", "replay", "1", "--all")]
    [InlineData("name letters by their ids", "replay", "--all", "--type", "x")]
    [InlineData("--service", "replay", "1")]
    [InlineData("--dry-run", "replay", "1", "--service", "orders", "--dry-run")]
    [InlineData("--note", "discard", "--all")]
    [InlineData("seven", "replay", "seven", "--service", "orders")]
    [InlineData("--service", "show", "1")]
    [InlineData("--older-than", "list", "--older-than", "-1")]
    [InlineData("lost", "list", "--status", "lost")]
    public async Task a_command_line_that_does_not_say_which_letters_is_refused(string named, params string[] arguments)
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync(["deadletters", .. arguments, "--gateway", Url])).ShouldBe(2);

        terminal.Error.ShouldContain(named);
        asked.ShouldBeEmpty();
    }

    private async Task<JsonElement> NoteAsync(HttpRequest request)
    {
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(request.Body);
        asked.Add($"{request.Path} {body.GetRawText()}");
        return body;
    }

    private static DeadLetterEntry Entry(long id, string status) => new(
        id, $"m{id}", "inventory", "orders", "order.placed.v1", "o1", id, status, "IOException: disk", 3, 1, DateTimeOffset.UnixEpoch,
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "00-trace", null, null, null);
}
