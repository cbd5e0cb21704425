using Cli;
using Contracts;
using Contracts.DeadLetters;
using Contracts.Ordering;
using Spectre.Console;

namespace Tests.System;

/// <summary>
/// Goal: an operator who is told of dead letters finds out why, and brings the system back into agreement with the command line alone.
/// Method: real processes; Inventory's table refuses to be written for a while, and a message that nobody can read is published.
/// </summary>
public sealed class DeadLetterTests
{
    private const int Width = 250;

    // Unreadable: orderId is a number, and most members are missing.
    private const string Poison =
        """
        INSERT INTO outbox (id, topic, type, subject, version, data, created_at)
        VALUES ('poison', 'orders', 'order.placed.v1', 'nobody', 1, CAST('{"orderId":1}' AS BLOB), 0)
        """;

    [Fact]
    public async Task what_is_given_up_is_listed_with_its_reason_replayed_in_order_or_discarded_and_the_audit_is_clean()
    {
        await using var system = await SystemUnderTest.StartAsync(impatient: true);
        var shopper = new Shopper(system.Gateway, [Patterns.Events]);
        await shopper.StockAsync();
        var inventory = system.DatabaseOf(AppIds.Inventory);
        ServiceFile.Run(
            inventory, "CREATE TRIGGER broken BEFORE INSERT ON reservation BEGIN SELECT RAISE(ABORT, 'this disk page is not well'); END");
        await shopper.ShopAsync(1);
        var order = shopper.Acknowledged.Single();
        await Task.WhenAll(Enumerable.Range(2, 4).Select(shopper.ShopAsync));
        await HasAsync(system, dead: 5, parked: 0);

        // Whoever changes their mind now has to wait for what is dead.
        (await system.Gateway.CancelAsync(order, "changed-my-mind", CancellationToken.None)).Required("the cancellation");
        await HasAsync(system, dead: 5, parked: 1);
        ServiceFile.Run(system.DatabaseOf(AppIds.Orders), Poison);
        await HasAsync(system, dead: 6, parked: 1);

        var list = await RunAsync(system, 0, "list", "--status", "dead");
        list.ShouldContain("this disk page is not well");
        list.ShouldContain("6 letters, 6 of them dead, 0 parked");
        (await RunAsync(system, 1, "replay", "--subject", order, "--service", "inventory")).ShouldContain("1 failed");

        ServiceFile.Run(inventory, "DROP TRIGGER broken");
        (await RunAsync(system, 0, "replay", "--reason", "not well", "--dry-run")).ShouldContain("5 letters: 5 would-replay; 1 parked");
        var replayed = await RunAsync(system, 0, "replay", "--reason", "not well");
        replayed.ShouldContain("1 parked behind them handled");
        replayed.ShouldNotContain("failed");
        (await RunAsync(system, 1, "replay", "--all")).ShouldContain("1 failed");

        var poison = (await LettersAsync(system)).Single(l => l.MessageId == "poison");
        poison.Attempts.ShouldBe(2, "the delivery, which was not repeated, and the replay");
        (await RunAsync(system, 0, "show", $"{poison.Id}", "--service", "inventory")).ShouldContain("\"orderId\": 1");
        (await RunAsync(system, 0, "discard", $"{poison.Id}", "--service", "inventory", "--note", "sent by a test")).ShouldContain("1 discarded");

        await HasAsync(system, dead: 0, parked: 0);
        (await shopper.AuditAsync()).Violations.ShouldBeEmpty(system.Output);
        var first = await system.Gateway.OrderAsync(order, CancellationToken.None);
        first.Required("the cancelled order").Status.ShouldBe(OrderStatuses.Cancelled);
    }

    private static Task HasAsync(SystemUnderTest system, long dead, long parked) => Eventually.HoldsAsync(
        async () => await system.Gateway.ProgressAsync(AppIds.Inventory, CancellationToken.None) is var now
            && now.DeadLetters == dead && now.Parked == parked,
        () => $"Inventory never had {dead} dead letters and {parked} parked messages:\n{system.Output}");

    private static async Task<IReadOnlyList<DeadLetterEntry>> LettersAsync(SystemUnderTest system) =>
        await system.Gateway.DeadLettersAsync(AppIds.Inventory, DeadLetterStatuses.Dead, new DeadLetterFilter(), CancellationToken.None).ToListAsync();

    // What the command printed.
    private static async Task<string> RunAsync(SystemUnderTest system, int exitCode, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = Width;
        var actual = await CommandLine.RunAsync(
            ["deadletters", .. arguments, "--gateway", $"{system.Address}", "--key", system.Secrets.OperatorKey], new Terminal(console, error, TimeProvider.System));
        actual.ShouldBe(exitCode, $"{output}{error}");
        return output.ToString();
    }
}
