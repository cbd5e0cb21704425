using Consistency.DeadLetters;
using Consistency.Identity;
using Consistency.Outbox;
using Consistency.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Tests.Unit.Consistency;

public sealed class SchemaTests : IDisposable
{
    private static readonly SchemaStep Table = new("test/001", "CREATE TABLE tally (Name TEXT PRIMARY KEY, Count INTEGER NOT NULL)");
    private readonly string directory = Directory.CreateTempSubdirectory("schema-").FullName;
    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task a_database_of_the_first_version_gets_the_channel_of_workflows_and_keeps_its_messages()
    {
        using (var first = Open([SchemaStep.Kernel[0], Table]))
        {
            await using var writes = new WriteQueue<TallyDb>(first, new UuidV7Source(time), time);
            await writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));
        }

        using var database = Open([.. SchemaStep.Kernel, Table]);
        await using var now = new WriteQueue<TallyDb>(database, new UuidV7Source(time), time);
        await now.ExecuteAsync(work =>
        {
            work.TellWorkflow("a", 1, "start");
            return 0;
        });

        new OutboxStore<TallyDb>(database, now).Depth().ShouldBe(1);
        new OutboxStore<TallyDb>(database, now, OutboxChannel.Workflow).Depth().ShouldBe(1);
        var leases = new[] { OutboxChannel.Events, OutboxChannel.Workflow }
            .Select(c => new OutboxStore<TallyDb>(database, now, c).TryLeaseAsync($"relay of {c}", CancellationToken.None));
        (await Task.WhenAll(leases)).ShouldAllBe(held => held, "each channel has a lease of its own");
    }

    [Fact]
    public void steps_are_applied_once_however_often_a_process_starts()
    {
        for (var i = 0; i < 3; i++)
        {
            using var database = Open([.. SchemaStep.Kernel, Table]);
            database.OutboxDepth().ShouldBe(0);
        }
    }

    [Fact]
    public void dead_letters_of_an_earlier_version_are_still_there_and_an_older_process_goes_on_keeping_its_own()
    {
        const string keep = "INSERT INTO dead_letter (message_id, topic, type, subject, envelope, received_at) VALUES ";
        using (var before = Open([.. SchemaStep.Kernel.Take(6), Table]))
        {
            Run(before, keep + "('m1', 'orders', 'order.placed.v1', 'o1', '{\"aggregateversion\":3}', 1000)");
        }

        using var database = Open([.. SchemaStep.Kernel, Table]);
        Run(database, keep + "('m2', 'orders', 'order.placed.v1', 'o2', '{}', 2000) ON CONFLICT DO NOTHING");

        database.DeadLetterCount().ShouldBe(2);
        var letter = database.FindDeadLetter(1)!.Letter;
        (letter.MessageId, letter.Subject, letter.Status, letter.ReceivedAt).ShouldBe(
            ("m1", "o1", "dead", DateTimeOffset.FromUnixTimeMilliseconds(1000)));
        letter.Reason.ShouldStartWith("unknown");
    }

    private static void Run(Database<TallyDb> database, string sql)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private Database<TallyDb> Open(IReadOnlyList<SchemaStep> steps)
    {
        var database = new Database<TallyDb>(Path.Combine(directory, "test.db"), o => new TallyDb(o));
        database.ApplySchema(steps, time);
        return database;
    }
}
