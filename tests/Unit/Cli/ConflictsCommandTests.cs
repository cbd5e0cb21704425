using System.Text.Json;
using Contracts.Conflicts;
using Contracts.Customers;
using Contracts.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tests.Unit.Cli;

public sealed class ConflictsCommandTests : IAsyncLifetime
{
    private readonly List<(string Path, string Body)> decided = [];
    private readonly WebApplication gateway;

    public ConflictsCommandTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        gateway = builder.Build();
        foreach (var prefix in new[] { "", "/billing" })
        {
            gateway.MapGet($"{prefix}/conflicts", (string? status, string? customerId, string? after) => Results.Ok(
                after is null
                    ? new Page<ConflictEntry>([Entry(1, customerId ?? "ann", null)], "1")
                    : new Page<ConflictEntry>(status == "open" ? [] : [Entry(2, customerId ?? "bob", "lww")], null)));
            gateway.MapGet($"{prefix}/customers/{{id}}", (string id) => id == "nobody"
                ? Results.Problem("no such customer", statusCode: 404)
                : Results.Ok(new CustomerDetails(
                    id, prefix.Length == 0 ? "orders-1:2" : "invoices-1:1;orders-1:2", "Ann", "a@x.example", new PostalAddress(City: "Bonn"), null, 500,
                    [new FieldConflict("email", "manual", true, Entry(1, id, null).Siblings)])));
            gateway.MapPost($"{prefix}/customers/{{id}}/conflicts/{{field}}", async (string id, string field, HttpRequest request) =>
            {
                using var reader = new StreamReader(request.Body);
                decided.Add((request.Path, await reader.ReadToEndAsync()));
                return field == "name"
                    ? Results.Problem("Field 'name' waits for no decision here.", statusCode: 409)
                    : Results.Ok(new CustomerDetails(id, "orders-1:3", null, null, null, null, null, []));
            });
        }
    }

    private string Url => gateway.Urls.Single();

    public async ValueTask InitializeAsync() => await gateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task all_pages_of_both_replicas_are_listed_and_written_to_the_file()
    {
        var (terminal, file) = (new TestTerminal(), Path.GetTempFileName());

        (await terminal.RunAsync("conflicts", "list", "--gateway", Url, "--json", file)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("ann");
        terminal.Output.ShouldContain("resolved by lww");
        terminal.Output.ShouldContain("4 conflicts, 2 of them open");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        json.RootElement.EnumerateArray().Select(c => c.GetProperty("replica").GetString()).ShouldBe(["orders", "orders", "invoices", "invoices"]);
        File.Delete(file);
    }

    [Fact]
    public async Task only_the_open_ones_of_one_replica_are_listed()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("conflicts", "list", "--status", "open", "--replica", "invoices", "--gateway", Url)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("1 conflicts, 1 of them open");
    }

    [Fact]
    public async Task a_customer_is_shown_as_both_replicas_read_it()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("conflicts", "show", "ann", "--gateway", Url)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("OPEN conflict in email (manual)");
        terminal.Output.ShouldContain("\"b@x.example\", by invoices-1");
        terminal.Output.ShouldContain("the replicas do not know the same writes yet");
    }

    [Fact]
    public async Task an_unknown_customer_is_told()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("conflicts", "show", "nobody", "--gateway", Url)).ShouldBe(1);

        terminal.Error.ShouldContain("There is no customer 'nobody'");
    }

    [Theory]
    [InlineData("email", "ann@x.example", """{"value":"ann@x.example"}""")]
    [InlineData("email", "12", """{"value":"12"}""")]
    [InlineData("email", "null", """{"value":null}""")]
    [InlineData("creditLimitCents", "50000", """{"value":50000}""")]
    [InlineData("creditLimitCents", "much", """{"value":"much"}""")]
    [InlineData("billingAddress", """{"city":"Bonn"}""", """{"value":{"city":"Bonn"}}""")]
    public async Task a_decision_is_sent_as_the_field_wants_it(string field, string value, string body)
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("conflicts", "resolve", "ann", field, value, "--gateway", Url)).ShouldBe(0, terminal.Error);

        decided.ShouldBe([($"/customers/ann/conflicts/{field}", body)]);
    }

    [Fact]
    public async Task a_decision_can_be_sent_to_the_other_replica_and_a_refusal_is_told()
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("conflicts", "resolve", "ann", "name", "Ann", "--replica", "invoices", "--gateway", Url)).ShouldBe(1);

        decided.Single().Path.ShouldBe("/billing/customers/ann/conflicts/name");
        terminal.Error.ShouldContain("waits for no decision");
    }

    private static ConflictEntry Entry(long sequence, string customer, string? resolvedBy) => new(
        sequence, "customer", customer, "email", resolvedBy ?? "manual", JsonElement.Parse("\"a@x.example\""),
        [
            new ConflictSibling("email", JsonElement.Parse("\"a@x.example\""), DateTimeOffset.UnixEpoch, "orders-1", true),
            new ConflictSibling("email", JsonElement.Parse("\"b@x.example\""), DateTimeOffset.UnixEpoch, "invoices-1", false),
        ],
        DateTimeOffset.UnixEpoch, resolvedBy is null ? null : DateTimeOffset.UnixEpoch, resolvedBy);
}
