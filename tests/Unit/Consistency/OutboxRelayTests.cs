using Consistency;
using Consistency.Retention;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Unit.Consistency;

public sealed class OutboxRelayTests : IAsyncDisposable
{
    private readonly KernelFixture kernel = new();

    public ValueTask DisposeAsync() => kernel.DisposeAsync();

    [Fact]
    public async Task messages_are_published_in_commit_order_and_once_when_nothing_fails()
    {
        var process = kernel.Start();
        await RaiseAsync(process, 600);

        await process.Relay.RelayAllAsync(CancellationToken.None);
        await process.Relay.RelayAllAsync(CancellationToken.None);

        kernel.Broker.Published.Select(m => m.Version).ShouldBe(Enumerable.Range(1, 600).Select(i => (long)i));
        process.Outbox.Depth().ShouldBe(0);
    }

    [Theory]
    [InlineData(CrashPoint.AfterPublish)]
    [InlineData(CrashPoint.BeforeMark)]
    public async Task dying_between_publish_and_mark_publishes_again_with_the_same_ids(CrashPoint point)
    {
        var process = kernel.Start(point);
        await RaiseAsync(process, 3);
        await Should.ThrowAsync<CrashException>(() => process.Relay.RelayAllAsync(CancellationToken.None));
        kernel.Time.Advance(Limits.RelayLease * 2);

        await kernel.Start().Relay.RelayAllAsync(CancellationToken.None);

        var ids = kernel.Broker.Published.Select(m => m.Id).ToList();
        ids.Count.ShouldBe(6);
        ids.Take(3).ShouldBe(ids.Skip(3));
    }

    [Fact]
    public async Task while_the_broker_is_away_the_outbox_only_grows()
    {
        var process = kernel.Start();
        kernel.Broker.IsAway = true;
        await RaiseAsync(process, 5);
        await Should.ThrowAsync<IOException>(() => process.Relay.RelayAllAsync(CancellationToken.None));
        await RaiseAsync(process, 5);
        process.Outbox.Depth().ShouldBe(10);
        kernel.Broker.IsAway = false;

        await process.Relay.RelayAllAsync(CancellationToken.None);

        kernel.Broker.Published.Count.ShouldBe(10);
        process.Outbox.Depth().ShouldBe(0);
    }

    [Fact]
    public async Task one_instance_relays_at_a_time_and_another_takes_over_when_it_dies()
    {
        var (one, two) = (kernel.Start(), kernel.Start());
        await RaiseAsync(one, 1);
        await one.Relay.RelayAllAsync(CancellationToken.None);
        await RaiseAsync(two, 1);

        await two.Relay.RelayAllAsync(CancellationToken.None);
        kernel.Broker.Published.Count.ShouldBe(1, "the first instance holds the lease");

        kernel.Time.Advance(Limits.RelayLease * 2);
        await two.Relay.RelayAllAsync(CancellationToken.None);
        kernel.Broker.Published.Count.ShouldBe(2);
    }

    [Fact]
    public async Task sent_messages_go_after_their_retention_and_unsent_ones_never()
    {
        var process = kernel.Start();
        await RaiseAsync(process, 1500);
        await process.Relay.RelayAllAsync(CancellationToken.None);
        kernel.Broker.IsAway = true;
        await RaiseAsync(process, 3);
        var trimmer = new Trimmer<TallyDb>(process.Writes, kernel.Time, NullLogger<Trimmer<TallyDb>>.Instance);
        (await trimmer.TrimAsync(CancellationToken.None)).ShouldBe(0);

        kernel.Time.Advance(Limits.SentRetention * 2);

        (await trimmer.TrimAsync(CancellationToken.None)).ShouldBe(1500);
        process.Outbox.Unsent(10).Count.ShouldBe(3);
    }

    [Fact]
    public async Task a_commit_wakes_the_relay()
    {
        var process = kernel.Start();
        using var stop = new CancellationTokenSource();
        var running = process.Relay.RunAsync(stop.Token);

        await RaiseAsync(process, 1);

        await Eventually.HoldsAsync(() => kernel.Broker.Published.Count == 1);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task a_running_relay_survives_the_broker_s_absence()
    {
        var process = kernel.Start();
        kernel.Broker.IsAway = true;
        using var stop = new CancellationTokenSource();
        var running = process.Relay.RunAsync(stop.Token);
        await RaiseAsync(process, 1);

        kernel.Broker.IsAway = false;

        await Eventually.HoldsAsync(() =>
        {
            kernel.Time.Advance(Limits.RelayPauseMin);
            return kernel.Broker.Published.Count == 1;
        });
        await stop.CancelAsync();
        await running;
    }

    private static async Task RaiseAsync(KernelFixture.Process process, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));
        }
    }
}
