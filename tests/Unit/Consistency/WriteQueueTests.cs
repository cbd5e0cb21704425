using Consistency;
using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Tests.Unit.Consistency;

public sealed class WriteQueueTests : IAsyncDisposable
{
    private readonly KernelFixture kernel = new();

    public ValueTask DisposeAsync() => kernel.DisposeAsync();

    [Fact]
    public async Task effect_and_message_commit_together()
    {
        var process = kernel.Start();

        await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));

        process.Count().ShouldBe(1);
        process.Outbox.Unsent(10).ShouldHaveSingleItem().Version.ShouldBe(1);
    }

    [Fact]
    public async Task a_failing_unit_takes_back_only_itself()
    {
        var process = kernel.Start();

        var outcomes = await process.Writes.ExecuteAllAsync<long>(
        [
            (work => KernelFixture.Process.Raise(work, "a"), null),
            (work => throw new InvalidOperationException($"after {KernelFixture.Process.Raise(work, "b")}"), null),
            (work => KernelFixture.Process.Raise(work, "a"), null),
        ]);

        outcomes.Select(o => o.Error is null).ShouldBe([true, false, true]);
        process.Count("a").ShouldBe(2);
        process.Count("b").ShouldBe(0);
        process.Outbox.Unsent(10).Select(m => m.Subject).ShouldBe(["a", "a"]);
    }

    [Fact]
    public async Task a_unit_that_breaks_a_database_rule_takes_back_only_itself()
    {
        var process = kernel.Start();

        var outcomes = await process.Writes.ExecuteAllAsync<int>(
        [
            (work => work.Db.Tallies.Add(new Tally { Name = "x" }).Entity.Name.Length, null),
            (work => work.Db.Database.GetHashCode() + Insert(work, "x"), null),
            (work => work.Db.Tallies.Add(new Tally { Name = "y" }).Entity.Name.Length, null),
        ]);

        outcomes.Select(o => o.Error is null).ShouldBe([true, false, true]);
        process.Database.Read(db => db.Tallies.Count()).ShouldBe(2);
    }

    [Fact]
    public async Task many_writers_at_once_lose_nothing()
    {
        var process = kernel.Start();

        await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work))));

        process.Count().ShouldBe(2000);
        process.Outbox.Unsent(3000).Select(m => m.Version).ShouldBe(Enumerable.Range(1, 2000).Select(i => (long)i));
    }

    [Fact]
    public async Task two_processes_on_one_file_lose_nothing()
    {
        var (one, two) = (kernel.Start(), kernel.Start());

        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => (i % 2 == 0 ? one : two).Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work))));

        one.Count().ShouldBe(400);
    }

    [Fact]
    public async Task dying_before_the_commit_leaves_nothing()
    {
        var process = kernel.Start(CrashPoint.BeforeCommit);

        await Should.ThrowAsync<CrashException>(() => process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work)));

        var next = kernel.Start();
        next.Count().ShouldBe(0);
        next.Outbox.Depth().ShouldBe(0);
    }

    [Fact]
    public async Task dying_after_the_commit_leaves_effect_and_message()
    {
        var process = kernel.Start(CrashPoint.AfterCommit);

        await Should.ThrowAsync<CrashException>(() => process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work)));

        var next = kernel.Start();
        next.Count().ShouldBe(1);
        next.Outbox.Depth().ShouldBe(1);
    }

    [Fact]
    public async Task the_writer_goes_on_after_a_failed_commit()
    {
        var process = kernel.Start(CrashPoint.BeforeCommit);
        await Should.ThrowAsync<CrashException>(() => process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work)));

        (await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work))).ShouldBe(1);
    }

    [Fact]
    public async Task a_full_disk_fails_everyone_and_health_comes_back_with_the_space()
    {
        var process = kernel.Start();
        await process.Writes.ExecuteAsync(work => LimitPages(work, "1"));
        (await process.Writes.IsWorkingAsync(CancellationToken.None)).ShouldBeTrue();

        await Should.ThrowAsync<Exception>(() => process.Writes.ExecuteAsync(work =>
            work.Db.Tallies.Add(new Tally { Name = new string('x', 1_000_000) }).Entity.Count));
        (await process.Writes.IsWorkingAsync(CancellationToken.None)).ShouldBeFalse();

        await process.Writes.ExecuteAsync(work => LimitPages(work, "1000000"));
        kernel.Time.Advance(Limits.FailureHold * 2);
        (await process.Writes.IsWorkingAsync(CancellationToken.None)).ShouldBeTrue();
        (await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work))).ShouldBe(1);
        process.Database.Read(db => db.Tallies.Count()).ShouldBe(1);
    }

    [Fact]
    public async Task the_schema_is_applied_once_however_often_a_process_starts()
    {
        await kernel.Start().Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));

        kernel.Start().Count().ShouldBe(1);
    }

    // SQLite's own way to make a disk look full (sqlite.org/pragma.html, max_page_count): never below the pages in use.
    private static int LimitPages(UnitOfWork<TallyDb> work, string pages) =>
        work.Db.Database.ExecuteSqlRaw($"PRAGMA max_page_count={pages}");

    private static int Insert(UnitOfWork<TallyDb> work, string name)
    {
        work.Db.ChangeTracker.Clear();
        work.Db.Tallies.Add(new Tally { Name = name });
        return 0;
    }
}
