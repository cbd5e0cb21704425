using Consistency;
using Consistency.Identity;
using Consistency.Storage;
using Consistency.Telemetry;

namespace Tests.Unit.Consistency.Telemetry;

public sealed class CountingTests : IAsyncDisposable
{
    private const string Confirmed = "consistency.workflows{outcome=confirmed}";

    private readonly KernelFixture kernel = new();
    private readonly Metered metered = new();

    public async ValueTask DisposeAsync()
    {
        metered.Dispose();
        await kernel.DisposeAsync();
    }

    [Fact]
    public async Task what_is_committed_is_counted_before_its_caller_is_told()
    {
        await using var writes = Writer(kernel.Start());

        await writes.ExecuteAsync(Count);

        metered.Sum(Confirmed).ShouldBe(1);
    }

    [Fact]
    public async Task what_is_taken_back_is_not_counted_and_its_neighbours_in_the_transaction_are()
    {
        await using var writes = Writer(kernel.Start());

        var outcomes = await writes.ExecuteAllAsync<bool>(
            [(Count, null), (work => Count(work) ? throw new InvalidOperationException("refused") : false, null), (Count, null)]);

        outcomes.Count(o => o.Error is null).ShouldBe(2);
        metered.Sum(Confirmed).ShouldBe(2);
    }

    [Theory]
    [InlineData(CrashPoint.BeforeCommit, 1)] // nothing was written: the repetition writes, and counts
    [InlineData(CrashPoint.AfterCommit, 1)] // lost with the process, as may be; the repetition is its own work
    public async Task a_transaction_that_does_not_end_well_counts_nothing(CrashPoint point, int afterRepetition)
    {
        await using var writes = Writer(kernel.Start(), Crash.Once(point));

        await Should.ThrowAsync<CrashException>(() => writes.ExecuteAsync(Count));
        metered.Sum(Confirmed).ShouldBe(0);
        await writes.ExecuteAsync(Count);

        metered.Sum(Confirmed).ShouldBe(afterRepetition);
    }

    [Fact]
    public async Task a_count_that_fails_keeps_no_caller_waiting_and_does_not_stop_the_writer()
    {
        await using var writes = Writer(kernel.Start());

        var failing = writes.ExecuteAsync(work =>
        {
            work.AfterCommit(_ => throw new InvalidOperationException("a listener's fault"));
            return Count(work);
        });

        (await failing.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
        (await writes.ExecuteAsync(Count)).ShouldBeTrue();
        metered.Sum(Confirmed).ShouldBe(2);
    }

    [Fact]
    public async Task without_a_meter_nothing_is_counted_and_nothing_fails()
    {
        var process = kernel.Start();

        (await process.Writes.ExecuteAsync(Count)).ShouldBeTrue();
    }

    private static bool Count<TDb>(UnitOfWork<TDb> work)
        where TDb : Microsoft.EntityFrameworkCore.DbContext
    {
        work.AfterCommit(meter => meter.WorkflowEnded(WorkflowOutcomes.Confirmed));
        return true;
    }

    private WriteQueue<TallyDb> Writer(KernelFixture.Process process, CrashHook? crash = null) =>
        new(process.Database, new UuidV7Source(kernel.Time), kernel.Time, crash, metered.Meter);

    private static class Crash
    {
        public static CrashHook Once(CrashPoint at)
        {
            var hasCrashed = false;
            return point =>
            {
                if (point == at && !hasCrashed)
                {
                    hasCrashed = true;
                    throw new CrashException(point);
                }
            };
        }
    }
}
