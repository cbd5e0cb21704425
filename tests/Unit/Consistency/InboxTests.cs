using Consistency;
using Consistency.Inbox;
using Consistency.Retention;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Unit.Consistency;

public sealed class InboxTests : IAsyncDisposable
{
    private readonly KernelFixture kernel = new();

    public ValueTask DisposeAsync() => kernel.DisposeAsync();

    [Fact]
    public async Task a_message_that_comes_twice_takes_effect_once()
    {
        var process = kernel.Start();

        await HandleAsync(process, "m1");
        await HandleAsync(process, "m1");

        process.Count().ShouldBe(1);
        process.Database.DuplicatesSuppressed().ShouldBe(1);
    }

    [Fact]
    public async Task two_deliveries_of_one_message_at_once_take_effect_once()
    {
        var (one, two) = (kernel.Start(), kernel.Start());

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => HandleAsync(i % 2 == 0 ? one : two, "m1")));

        one.Count().ShouldBe(1);
        one.Database.DuplicatesSuppressed().ShouldBe(49);
    }

    [Fact]
    public async Task a_failed_effect_leaves_no_mark()
    {
        var process = kernel.Start();
        await Should.ThrowAsync<InvalidOperationException>(() => process.Writes.ExecuteAsync<bool>(work =>
        {
            work.Inbox.TryMark("me", "m1", work.Now);
            throw new InvalidOperationException("failed");
        }));

        await HandleAsync(process, "m1");

        process.Count().ShouldBe(1);
    }

    [Theory]
    [InlineData(CrashPoint.BeforeCommit)]
    [InlineData(CrashPoint.AfterCommit)]
    public async Task a_redelivery_after_dying_takes_effect_exactly_once(CrashPoint point)
    {
        await Should.ThrowAsync<CrashException>(() => HandleAsync(kernel.Start(point), "m1"));
        var next = kernel.Start();

        await HandleAsync(next, "m1");

        next.Count().ShouldBe(1);
    }

    [Fact]
    public async Task consumers_keep_marks_of_their_own()
    {
        var process = kernel.Start();

        (await process.Writes.ExecuteAsync(work => work.Inbox.TryMark("one", "m1", work.Now))).ShouldBeTrue();
        (await process.Writes.ExecuteAsync(work => work.Inbox.TryMark("two", "m1", work.Now))).ShouldBeTrue();
    }

    [Fact]
    public async Task marks_expire_after_the_retention_and_the_count_of_duplicates_stays()
    {
        var process = kernel.Start();
        await HandleAsync(process, "m1");
        await HandleAsync(process, "m1");
        var trimmer = new Trimmer<TallyDb>(process.Writes, kernel.Time, NullLogger<Trimmer<TallyDb>>.Instance);

        kernel.Time.Advance(Limits.InboxRetention - TimeSpan.FromMinutes(1));
        await trimmer.TrimAsync(CancellationToken.None);
        (await process.Writes.ExecuteAsync(work => work.Inbox.IsMarked("me", "m1"))).ShouldBeTrue();

        kernel.Time.Advance(TimeSpan.FromMinutes(2));
        await trimmer.TrimAsync(CancellationToken.None);
        (await process.Writes.ExecuteAsync(work => work.Inbox.IsMarked("me", "m1"))).ShouldBeFalse();
        process.Database.DuplicatesSuppressed().ShouldBe(1);
    }

    private static Task HandleAsync(KernelFixture.Process process, string messageId) => process.Writes.ExecuteAsync(work =>
        work.Inbox.TryMark("me", messageId, work.Now) ? KernelFixture.Process.Raise(work) : 0);
}
