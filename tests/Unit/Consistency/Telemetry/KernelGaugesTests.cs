using Consistency.Feeds;
using Consistency.Instances;
using Consistency.Outbox;
using Consistency.Storage;
using Consistency.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Unit.Consistency.Telemetry;

public sealed class KernelGaugesTests : IAsyncDisposable
{
    private readonly KernelFixture kernel = new();
    private readonly Metered metered = new();

    public async ValueTask DisposeAsync()
    {
        metered.Dispose();
        await kernel.DisposeAsync();
    }

    [Fact]
    public async Task the_outbox_tells_how_much_is_unsent_and_since_when()
    {
        var process = Start(new OutboxGauges<TallyDb>(OutboxChannel.Events, OutboxChannel.Workflow));
        kernel.Broker.IsAway = true;

        Observe().ShouldBe(
        [
            "consistency.outbox.depth{channel=events} 0", "consistency.outbox.depth{channel=workflow} 0",
            "consistency.outbox.age{channel=events} 0", "consistency.outbox.age{channel=workflow} 0",
        ]);
        await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));
        kernel.Time.Advance(TimeSpan.FromSeconds(30));
        await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));
        kernel.Time.Advance(TimeSpan.FromSeconds(12));

        Observe().ShouldContain("consistency.outbox.depth{channel=events} 2");
        Observe().ShouldContain("consistency.outbox.age{channel=events} 44");
        kernel.Broker.IsAway = false;
        await process.Relay.RelayAllAsync(CancellationToken.None);
        Observe().ShouldContain("consistency.outbox.age{channel=events} 0");
    }

    [Fact]
    public async Task the_feed_tells_what_each_reader_has_not_read_and_since_when()
    {
        var process = Start(new FeedGauges<TallyDb>("orders", ["inventory"]));
        await process.Writes.ExecuteAsync(work => FedTally.Raise(work, "pulled-a"));
        await process.Writes.ExecuteAsync(work => FedTally.Raise(work, "pushed"));
        kernel.Time.Advance(TimeSpan.FromSeconds(5));
        await process.Writes.ExecuteAsync(work => FedTally.Raise(work, "pulled-b"));

        Observe().ShouldBe(
            ["consistency.feed.unread{feed=orders,reader=inventory} 2", "consistency.feed.lag{feed=orders,reader=inventory} 6"]);
        var first = process.Feed.Read(FeedCursor.Start, Lane.Pulled, 1).Cursor;
        await process.Writes.ExecuteAsync(work => Keep(work, first));
        kernel.Time.Advance(TimeSpan.FromSeconds(2));
        Observe().ShouldBe(
            ["consistency.feed.unread{feed=orders,reader=inventory} 1", "consistency.feed.lag{feed=orders,reader=inventory} 4"]);
        await process.Writes.ExecuteAsync(work => Keep(work, process.Feed.Read(FeedCursor.Start, Lane.Pulled, 10).Cursor));
        Observe().ShouldBe(
            ["consistency.feed.unread{feed=orders,reader=inventory} 0", "consistency.feed.lag{feed=orders,reader=inventory} 0"]);
    }

    [Fact]
    public async Task operators_see_since_when_something_waits_for_them()
    {
        var process = Start(new DeadLetterGauges<TallyDb>(), new ConflictGauges<TallyDb>());
        var then = kernel.Time.GetUtcNow().ToUnixTimeMilliseconds();
        await process.Writes.ExecuteAsync(work => Keep(work, then));
        kernel.Time.Advance(TimeSpan.FromMinutes(1));

        Observe().ShouldBe(
        [
            "consistency.deadletters{status=dead} 2", "consistency.deadletters{status=parked} 0",
            "consistency.deadletters.age{status=dead} 61", "consistency.deadletters.age{status=parked} 0",
            "consistency.conflicts.open{} 1", "consistency.conflicts.open.age{} 61",
        ]);
    }

    [Fact]
    public void every_gauge_is_read_by_an_index()
    {
        var process = kernel.Start();
        string[] queries =
        [
            GaugeSql.Unsent("outbox"), GaugeSql.OldestUnsent("outbox"), GaugeSql.Unsent("workflow_outbox"), GaugeSql.OldestUnsent("workflow_outbox"),
            GaugeSql.Letters("dead"), GaugeSql.OldestLetter("dead"), GaugeSql.OpenConflicts, GaugeSql.OldestOpenConflict,
            ChangeFeed<TallyDb>.BehindSql.Replace("@lane", "1", StringComparison.Ordinal).Replace("@after", "5", StringComparison.Ordinal)
                .Replace("@count", "1000", StringComparison.Ordinal),
        ];
        foreach (var query in queries)
        {
            var plan = QueryPlan.Of(process.Database, query);

            plan.Where(step => step.StartsWith("SCAN", StringComparison.Ordinal) || step.StartsWith("SEARCH", StringComparison.Ordinal)).ShouldAllBe(
                step => step.Contains("INDEX", StringComparison.Ordinal) || step.Contains("SUBQUERY", StringComparison.Ordinal)
                    || step.Contains("CONSTANT ROW", StringComparison.Ordinal),
                $"{query}: {string.Join("; ", plan)}");
            (query.StartsWith("SELECT count(*)", StringComparison.Ordinal) && !plan.Any(step => step.Contains("COVERING INDEX", StringComparison.Ordinal)))
                .ShouldBeFalse($"{query} looks each up in the table: {string.Join("; ", plan)}");
            plan.ShouldNotContain(step => step.Contains("TEMP B-TREE", StringComparison.Ordinal), query);
        }
    }

    [Fact]
    public void a_feed_s_age_counts_from_its_last_reading_or_from_the_start()
    {
        var pulls = new FeedPulls(metered.Meter, kernel.Time);
        pulls.Follow(["orders", "invoices"]);
        kernel.Time.Advance(TimeSpan.FromSeconds(90));
        pulls.Note("orders");
        kernel.Time.Advance(TimeSpan.FromSeconds(10));

        metered.Observe().ShouldBe(
            ["consistency.feed.pulled.age{feed=orders} 10", "consistency.feed.pulled.age{feed=invoices} 100"], ignoreOrder: true);
    }

    private static bool Keep(UnitOfWork<TallyDb> work, FeedCursor cursor)
    {
        InstanceFigures.KeepReader(work, "inventory", cursor, work.Now);
        return true;
    }

    private static bool Keep(UnitOfWork<TallyDb> work, long then)
    {
        work.Run(
            $"""
            INSERT INTO dead_letter (message_id, topic, type, subject, envelope, received_at, status)
            VALUES ('1', 't', 't', 's', '', {then}, 'dead'), ('2', 't', 't', 's', '', {then + 5}, 'dead'), ('3', 't', 't', 's', '', 0, 'discarded')
            """);
        work.Run(
            $"""
            INSERT INTO conflict (kind, key, field, policy, kept, siblings, seen_at, resolved_at)
            VALUES ('k', '1', 'f', 'manual', '', '', {then}, NULL), ('k', '2', 'f', 'manual', '', '', 0, 1)
            """);
        return true;
    }

    private KernelFixture.Process Start(params IGaugeSource<TallyDb>[] sources)
    {
        var process = kernel.Start();
        _ = new GaugeReader<TallyDb>(metered.Meter, process.Database, sources, kernel.Time, NullLogger<GaugeReader<TallyDb>>.Instance);
        return process;
    }

    private IReadOnlyList<string> Observe()
    {
        // A scrape of its own.
        kernel.Time.Advance(TimeSpan.FromSeconds(1));
        return [.. metered.Observe().Where(m => !m.StartsWith("consistency.gauges", StringComparison.Ordinal))];
    }
}

/// <summary>How SQLite would carry out a query.</summary>
internal static class QueryPlan
{
    public static IReadOnlyList<string> Of<TDb>(Database<TDb> database, string sql)
        where TDb : DbContext => database.Read(db =>
    {
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        using var reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    });
}
