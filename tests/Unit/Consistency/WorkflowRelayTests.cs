using Consistency;
using Consistency.Outbox;
using Consistency.Retention;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Unit.Consistency;

public sealed class WorkflowRelayTests : IAsyncDisposable
{
    private readonly KernelFixture kernel = new();
    private readonly RecordingEngine engine = new();
    private int relays;

    public ValueTask DisposeAsync() => kernel.DisposeAsync();

    [Fact]
    public async Task messages_of_an_aggregate_are_sent_in_order_and_different_aggregates_side_by_side()
    {
        var process = kernel.Start();
        for (var i = 1; i <= 300; i++)
        {
            await TellAsync(process, $"order-{i % 60}", i);
        }

        await RelayOf(process).RelayAllAsync(CancellationToken.None);

        engine.Sent.Count.ShouldBe(300);
        engine.Sent.GroupBy(m => m.Subject).ShouldAllBe(g => g.Select(m => m.Version).SequenceEqual(g.Select(m => m.Version).Order()));
        engine.AtOnceMax.ShouldBeInRange(2, Limits.WorkflowSendsMax);
        StoreOf(process).Depth().ShouldBe(0);
    }

    [Fact]
    public async Task an_aggregate_that_fails_waits_alone_and_keeps_its_order()
    {
        var process = kernel.Start();
        var relay = RelayOf(process);
        engine.Fails = m => m.Subject == "poison";
        await TellAsync(process, "poison", 1);
        await TellAsync(process, "poison", 2);
        for (var i = 0; i < 100; i++)
        {
            await TellAsync(process, $"order-{i}", 1);
        }

        await relay.RelayAllAsync(CancellationToken.None);
        engine.Sent.Count.ShouldBe(100);
        StoreOf(process).Depth().ShouldBe(2);
        engine.Tries("poison").ShouldBe(1, "its second message does not overtake the first");

        await TellAsync(process, "late", 1);
        await relay.RelayAllAsync(CancellationToken.None);
        engine.Sent.Count.ShouldBe(101);
        engine.Tries("poison").ShouldBe(1, "it pauses");

        engine.Fails = _ => false;
        kernel.Time.Advance(Limits.RelayPauseMax);
        await relay.RelayAllAsync(CancellationToken.None);
        engine.Sent.Skip(101).Select(m => m.Version).ShouldBe([1L, 2L]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2 * Limits.WorkflowSendsMax)]
    [InlineData(2 * Limits.WorkflowBatchMax)]
    public async Task however_many_aggregates_fail_for_ever_the_others_get_through(int poisonCount)
    {
        var process = kernel.Start();
        var relay = RelayOf(process);
        engine.Fails = m => m.Subject.StartsWith("poison", StringComparison.Ordinal);
        for (var i = 0; i < poisonCount; i++)
        {
            await TellAsync(process, $"poison-{i}", 1);
        }

        await TellAsync(process, "order-1", 1);
        await RelayForAsync(relay, rounds: 2 * poisonCount / Limits.WorkflowSendsMax + 2);
        engine.Sent.Select(m => m.Subject).ShouldBe(["order-1"]);

        // Also one that failed itself, once: it has its turn again, in time.
        engine.Fails = _ => true;
        await TellAsync(process, "order-2", 1);
        await RelayForAsync(relay, rounds: 1);
        engine.Fails = m => m.Subject.StartsWith("poison", StringComparison.Ordinal);
        await RelayForAsync(relay, rounds: Limits.WorkflowBatchMax / Limits.WorkflowSendsMax + 1);
        engine.Sent.Select(m => m.Subject).ShouldBe(["order-1", "order-2"]);
    }

    [Fact]
    public async Task an_aggregate_that_fails_alone_does_not_make_the_next_one_wait()
    {
        var process = kernel.Start();
        var relay = RelayOf(process);
        engine.Fails = m => m.Subject == "poison";
        await TellAsync(process, "poison", 1);
        for (var i = 0; i < 10; i++)
        {
            await relay.RelayAllAsync(CancellationToken.None);
            kernel.Time.Advance(Limits.RelayPauseMax);
        }

        engine.Tries("poison").ShouldBe(10);
    }

    [Fact]
    public async Task an_engine_that_is_away_is_not_asked_for_every_message_and_nothing_is_lost()
    {
        var process = kernel.Start();
        var relay = RelayOf(process);
        engine.Fails = _ => true;
        for (var i = 0; i < 200; i++)
        {
            await TellAsync(process, $"order-{i}", 1);
        }

        await Should.ThrowAsync<WorkflowEngineAwayException>(() => relay.RelayAllAsync(CancellationToken.None));
        engine.TriesInAll.ShouldBeLessThanOrEqualTo(Limits.WorkflowSendsMax);

        engine.Fails = _ => false;
        kernel.Time.Advance(Limits.RelayPauseMax);
        await relay.RelayAllAsync(CancellationToken.None);
        engine.Sent.Select(m => m.Subject).Distinct().Count().ShouldBe(200);
    }

    [Fact]
    public async Task an_engine_that_blocks_does_not_hold_events_up_and_its_calls_end()
    {
        var process = kernel.Start();
        engine.Block();
        await TellAsync(process, "blocked", 1);
        using var stop = new CancellationTokenSource();
        var workflows = RelayOf(process).RunAsync(stop.Token);
        var events = process.Relay.RunAsync(stop.Token);
        await Eventually.HoldsAsync(() => engine.TriesInAll == 1);

        await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));

        await Eventually.HoldsAsync(() => kernel.Broker.Published.Count == 1);
        await Eventually.HoldsAsync(() =>
        {
            kernel.Time.Advance(Limits.WorkflowSendTimeout);
            return engine.TriesInAll > 1;
        });
        engine.Unblock();
        await Eventually.HoldsAsync(() =>
        {
            kernel.Time.Advance(Limits.RelayPauseMax);
            return engine.Sent.Count > 0;
        });
        await stop.CancelAsync();
        await Task.WhenAll(workflows, events);
    }

    [Fact]
    public async Task a_broker_that_is_away_does_not_hold_workflows_up()
    {
        var process = kernel.Start();
        kernel.Broker.IsAway = true;
        using var stop = new CancellationTokenSource();
        var running = Task.WhenAll(process.Relay.RunAsync(stop.Token), RelayOf(process).RunAsync(stop.Token));

        await process.Writes.ExecuteAsync(work =>
        {
            work.TellWorkflow("a", 1, new Wish("start"));
            return KernelFixture.Process.Raise(work);
        });

        await Eventually.HoldsAsync(() => engine.Sent.Count == 1);
        process.Outbox.Depth().ShouldBe(1);
        await stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData(CrashPoint.AfterPublish)]
    [InlineData(CrashPoint.BeforeMark)]
    public async Task dying_between_send_and_mark_sends_again(CrashPoint point)
    {
        var process = kernel.Start(point);
        await TellAsync(process, "a", 1);
        await Should.ThrowAsync<CrashException>(() => RelayOf(process).RelayAllAsync(CancellationToken.None));
        kernel.Time.Advance(Limits.RelayLease * 2);

        await RelayOf(kernel.Start()).RelayAllAsync(CancellationToken.None);

        engine.Sent.Count.ShouldBe(2);
        engine.Sent.Select(m => m.Id).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task one_instance_relays_at_a_time_whoever_relays_the_events()
    {
        var (one, two) = (kernel.Start(), kernel.Start());
        await one.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));
        await one.Relay.RelayAllAsync(CancellationToken.None);
        var (first, second) = (RelayOf(two), RelayOf(one));
        await TellAsync(one, "a", 1);
        await first.RelayAllAsync(CancellationToken.None);
        engine.Sent.Count.ShouldBe(1, "the lease of the events is another one");
        await TellAsync(one, "b", 1);

        await second.RelayAllAsync(CancellationToken.None);
        engine.Sent.Count.ShouldBe(1, "another instance holds the lease");

        kernel.Time.Advance(Limits.RelayLease * 2);
        await second.RelayAllAsync(CancellationToken.None);
        engine.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task unsent_workflow_messages_do_not_keep_sent_events_from_being_trimmed()
    {
        var process = kernel.Start();
        await TellAsync(process, "a", 1);
        await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));
        await process.Relay.RelayAllAsync(CancellationToken.None);
        kernel.Time.Advance(Limits.SentRetention * 2);

        var trimmer = new Trimmer<TallyDb>(process.Writes, kernel.Time, NullLogger<Trimmer<TallyDb>>.Instance);
        (await trimmer.TrimAsync(CancellationToken.None)).ShouldBe(1);
        process.Database.OutboxDepth().ShouldBe(1);
    }

    [Fact]
    public async Task a_message_that_is_never_sent_does_not_keep_later_ones_from_being_trimmed()
    {
        var process = kernel.Start();
        engine.Fails = m => m.Subject == "poison";
        await TellAsync(process, "poison", 1);
        for (var i = 0; i < 2 * Limits.TrimRowsMax; i++)
        {
            await TellAsync(process, "order", i);
        }

        await RelayOf(process).RelayAllAsync(CancellationToken.None);
        await TellAsync(process, "late", 1);
        kernel.Time.Advance(Limits.SentRetention * 2);
        await RelayOf(process).RelayAllAsync(CancellationToken.None);

        var trimmer = new Trimmer<TallyDb>(process.Writes, kernel.Time, NullLogger<Trimmer<TallyDb>>.Instance);
        (await trimmer.TrimAsync(CancellationToken.None)).ShouldBe(2 * Limits.TrimRowsMax, "neither what is unsent nor what is fresh");
        StoreOf(process).Depth().ShouldBe(1);
    }

    [Fact]
    public async Task a_unit_of_work_that_is_taken_back_tells_nobody()
    {
        var process = kernel.Start();
        await Should.ThrowAsync<InvalidOperationException>(() => process.Writes.ExecuteAsync<int>(work =>
        {
            work.TellWorkflow("a", 1, new Wish("start"));
            throw new InvalidOperationException("refused");
        }));

        process.Database.OutboxDepth().ShouldBe(0);
    }

    private static OutboxStore<TallyDb> StoreOf(KernelFixture.Process process) => new(process.Database, process.Writes, OutboxChannel.Workflow);

    private static Task<int> TellAsync(KernelFixture.Process process, string subject, long version) => process.Writes.ExecuteAsync(work =>
    {
        work.TellWorkflow(subject, version, new Wish("start"));
        return 0;
    });

    // As a relay runs: after a round in which the engine seemed away it pauses.
    private async Task RelayForAsync(WorkflowRelay<TallyDb> relay, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            try
            {
                await relay.RelayAllAsync(CancellationToken.None);
            }
            catch (WorkflowEngineAwayException)
            {
                // Tried again below.
            }

            kernel.Time.Advance(Limits.RelayPauseMax);
        }
    }

    private WorkflowRelay<TallyDb> RelayOf(KernelFixture.Process process) =>
        new(StoreOf(process), process.Writes, engine, $"relay-{relays++}", kernel.Time, NullLogger.Instance, process.Hook);

    private sealed record Wish(string Text);

    private sealed class RecordingEngine : IWorkflowSender
    {
        private readonly Lock gate = new();
        private readonly List<OutboxMessage> sent = [];
        private readonly List<string> tries = [];
        private TaskCompletionSource? blocked;
        private int atOnce;

        public Func<OutboxMessage, bool> Fails { get; set; } = _ => false;

        public int AtOnceMax { get; private set; }

        public IReadOnlyList<OutboxMessage> Sent => Locked(() => sent.ToList());

        public int TriesInAll => Locked(() => tries.Count);

        public int Tries(string subject) => Locked(() => tries.Count(t => t == subject));

        public void Block() => blocked = new TaskCompletionSource();

        public void Unblock() => blocked = null;

        public async Task SendAsync(OutboxMessage message, CancellationToken cancellationToken)
        {
            Locked(() =>
            {
                tries.Add(message.Subject);
                return AtOnceMax = Math.Max(AtOnceMax, ++atOnce);
            });
            try
            {
                // Deaf to cancellation, as the worst engine.
                await (blocked?.Task ?? Task.Yield().AsTask());
                if (Fails(message))
                {
                    throw new IOException("the engine refuses");
                }

                Locked(() =>
                {
                    sent.Add(message);
                    return 0;
                });
            }
            finally
            {
                Locked(() => --atOnce);
            }
        }

        private T Locked<T>(Func<T> act)
        {
            lock (gate)
            {
                return act();
            }
        }
    }
}

internal static class Yielding
{
    public static async Task AsTask(this System.Runtime.CompilerServices.YieldAwaitable yielding) => await yielding;
}
