using System.Collections.Concurrent;
using Consistency;
using Consistency.Feeds;
using Consistency.Instances;
using Consistency.Outbox;

namespace Tests.Unit.Consistency;

/// <summary>
/// Goal: several processes on one file (instances of one service) know of each other's commits, and none keeps the others from writing.
/// Method: two writers on a real file.
/// </summary>
public sealed class SharedFileTests : IAsyncDisposable
{
    private readonly KernelFixture kernel = new();

    public ValueTask DisposeAsync() => kernel.DisposeAsync();

    [Fact]
    public async Task a_commit_of_another_process_wakes_the_relays_here()
    {
        var (here, there) = (kernel.Start(), kernel.Start());
        var woken = new ConcurrentQueue<OutboxChannels>();
        here.Writes.MessagesCommitted += woken.Enqueue;

        await there.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));

        await Eventually.HoldsAsync(() => woken.Contains(OutboxChannels.Events | OutboxChannels.Workflow));
    }

    [Fact]
    public async Task a_commit_of_another_process_wakes_those_who_wait_for_changes_here()
    {
        var (here, there) = (kernel.Start(), kernel.Start());
        var next = here.Writes.Changes.Next(lane: null);

        await there.Writes.ExecuteAsync(work => FedTally.Raise(work, "a"));

        await Eventually.HoldsAsync(() => next.IsCompleted);
        here.Database.Read(db => db.Fed.Single().Count).ShouldBe(1);
    }

    [Fact]
    public async Task commits_of_another_process_are_noticed_while_this_one_writes_without_pause()
    {
        var (here, there) = (kernel.Start(), kernel.Start());
        var next = here.Writes.Changes.Next(lane: null);
        using var stop = new CancellationTokenSource();
        var busy = KeepBusyAsync(here, stop.Token);

        await there.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));

        await Eventually.HoldsAsync(() => next.IsCompleted);
        await stop.CancelAsync();
        await busy;
    }

    [Fact]
    public async Task what_a_follower_told_last_holds_whichever_process_keeps_it_first()
    {
        var (here, there) = (kernel.Start(), kernel.Start());
        var now = kernel.Time.GetUtcNow();
        await KeepAsync(there, 20, now);

        await KeepAsync(here, 10, now.AddMilliseconds(-1));
        here.Database.ReaderCursor("follower").Sequence.ShouldBe(20);

        await KeepAsync(there, 30, now.AddHours(1));
        await KeepAsync(here, 40, now);
        here.Database.ReaderCursor("follower").Sequence.ShouldBe(40, "a clock that was set back does not hold it up");

        static Task KeepAsync(KernelFixture.Process process, long sequence, DateTimeOffset toldAt) => process.Writes.ExecuteAsync(work =>
        {
            InstanceFigures.KeepReader(work, "follower", new FeedCursor("g", sequence), toldAt);
            return true;
        });
    }

    [Fact]
    public async Task a_process_that_writes_without_pause_lets_another_have_its_turns()
    {
        const int turns = 50;
        var (busy, other) = (kernel.Start(), kernel.Start());
        var commits = 0;
        busy.Writes.MessagesCommitted += _ => Interlocked.Increment(ref commits);
        using var stop = new CancellationTokenSource();
        var writing = KeepBusyAsync(busy, stop.Token);
        await Eventually.HoldsAsync(() => Volatile.Read(ref commits) > 0);
        await other.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work, "other"));
        var before = Volatile.Read(ref commits);

        for (var i = 0; i < turns; i++)
        {
            await other.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work, "other"));
        }

        // One to one where both are as quick; a writer that never waits makes hundreds for each of the other's.
        (Volatile.Read(ref commits) - before).ShouldBeLessThan(turns * 20);
        await stop.CancelAsync();
        await writing;
        busy.Count("other").ShouldBe(turns + 1);
    }

    [Fact]
    public async Task a_process_does_not_take_its_own_commits_for_anothers()
    {
        var process = kernel.Start();
        var woken = new ConcurrentQueue<OutboxChannels>();
        process.Writes.MessagesCommitted += woken.Enqueue;

        await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));

        await Eventually.StaysAsync(() => woken.SequenceEqual([OutboxChannels.Events]), Limits.LookAlone * 2);
    }

    private static async Task KeepBusyAsync(KernelFixture.Process process, CancellationToken stop)
    {
        // Always several in the queue, so that the writer never finds it empty.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));
            }
        }));
    }
}
