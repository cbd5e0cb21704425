using Consistency;
using Consistency.DeadLetters;
using Contracts.DeadLetters;

namespace Tests.Unit.Consistency.DeadLetters;

/// <summary>What is parked gets its turn, whoever dies in between, and exactly once.</summary>
public sealed class ReleaseTests : IAsyncDisposable
{
    private readonly LetterRig rig = new();

    public static TheoryData<CrashPoint, bool> Deaths => new()
    {
        { CrashPoint.BeforeCommit, true },
        { CrashPoint.BeforeCommit, false },
        { CrashPoint.AfterCommit, true },
        { CrashPoint.AfterCommit, false },
        { CrashPoint.BeforeRelease, true },
        { CrashPoint.BeforeRelease, false },
    };

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task a_decision_interrupted_anywhere_and_made_again_acts_once_and_everybody_gets_a_turn(CrashPoint point, bool isReplay)
    {
        await rig.KeepAsync(LetterRig.Letter("m1"));
        await rig.ParkAsync(LetterRig.Letter("m2", version: 2), LetterRig.Letter("m3", version: 3));
        var dying = rig.Start(point);
        await Should.ThrowAsync<CrashException>(() => DecideAsync(dying, isReplay));

        var next = rig.Start();
        await next.ReleaseAsync();
        await DecideAsync(next, isReplay);
        await next.ReleaseAsync();

        rig.Statuses().ShouldBe($"m1:{(isReplay ? "replayed" : "discarded")} m2:replayed m3:replayed");
        next.Process.Count().ShouldBe(isReplay ? 3 : 2);
    }

    [Fact]
    public async Task a_process_that_dies_at_each_message_of_the_line_handles_each_once()
    {
        await rig.KeepAsync(LetterRig.Letter("m0"));
        await rig.ParkAsync([.. Enumerable.Range(1, 6).Select(i => LetterRig.Letter($"m{i}", version: i + 1))]);
        await Should.ThrowAsync<CrashException>(() => DecideAsync(rig.Start(CrashPoint.BeforeRelease), isReplay: true));

        foreach (var point in (CrashPoint[])[CrashPoint.BeforeCommit, CrashPoint.AfterCommit, CrashPoint.BeforeCommit, CrashPoint.AfterCommit])
        {
            await Should.ThrowAsync<CrashException>(() => rig.Start(point).ReleaseAsync());
        }

        (await rig.Start().ReleaseAsync()).ShouldBe(4, "two had been committed before their process died");
        rig.Now.Process.Count().ShouldBe(7);
    }

    [Fact]
    public async Task two_instances_on_one_database_act_once_and_in_order()
    {
        const int aggregates = 20;
        await rig.KeepAsync([.. Enumerable.Range(0, aggregates).Select(i => LetterRig.Letter($"d{i}", $"s{i}"))]);
        for (var v = 2; v <= 5; v++)
        {
            await rig.ParkAsync([.. Enumerable.Range(0, aggregates).Select(i => LetterRig.Letter($"p{i}-{v}", $"s{i}", version: v))]);
        }

        var (one, other) = (rig.Start(), rig.Start());
        var results = await Task.WhenAll(Enumerable.Range(1, aggregates).SelectMany(id => new[] { one, other }.Select(process =>
            process.Decisions.ReplayAsync(id, force: false, "ann", CancellationToken.None))));
        await Task.WhenAll(one.ReleaseAsync(), other.ReleaseAsync());

        results.Count(r => r!.Result == LetterResults.Handled).ShouldBe(aggregates);
        results.Count(r => r!.Result == LetterResults.Ended).ShouldBe(aggregates);
        for (var i = 0; i < aggregates; i++)
        {
            one.Process.Count($"s{i}").ShouldBe(5);
            rig.Handled.Where(m => m.StartsWith($"p{i}-", StringComparison.Ordinal)).ShouldBe([$"p{i}-2", $"p{i}-3", $"p{i}-4", $"p{i}-5"]);
        }
    }

    [Fact]
    public async Task a_parked_message_that_fails_is_tried_with_the_next_rounds_and_holds_the_others()
    {
        await rig.KeepAsync(LetterRig.Letter("m1"));
        await rig.ParkAsync(LetterRig.Letter("m2", version: 2), LetterRig.Letter("m3", version: 3));
        rig.Failing["m2"] = new TimeoutException("not yet");

        (await rig.ReplayAsync(1))!.Released.ShouldBe(0);
        rig.Statuses().ShouldBe("m1:replayed m2:parked m3:parked");
        (rig.Find(2).Attempts, rig.Find(2).Reason).ShouldBe((1, "TimeoutException: not yet"));
        rig.Failing.Clear();
        (await rig.Now.ReleaseAsync()).ShouldBe(2);

        rig.Handled.ShouldBe(["m1", "m2", "m3"]);
    }

    [Fact]
    public async Task a_parked_message_that_fails_on_and_on_is_dead_itself_and_waits_for_an_operator()
    {
        await rig.KeepAsync(LetterRig.Letter("m1"));
        await rig.ParkAsync(LetterRig.Letter("m2", version: 2), LetterRig.Letter("m3", version: 3));
        rig.Failing["m2"] = new TimeoutException("not yet");
        await rig.ReplayAsync(1);

        for (var i = 1; i < DeadLetterLimits.ReleaseAttemptsMax; i++)
        {
            (await rig.Now.ReleaseAsync()).ShouldBe(0);
        }

        rig.Statuses().ShouldBe("m1:replayed m2:dead m3:parked");
        rig.Failing.Clear();
        (await rig.ReplayAsync(2))!.Released.ShouldBe(1);
    }

    [Fact]
    public async Task one_round_is_one_attempt_however_much_else_is_parked()
    {
        await rig.KeepAsync(LetterRig.Letter("a1"), LetterRig.Letter("b1", "b"));
        await rig.ParkAsync([.. Enumerable.Range(2, DeadLetterLimits.ReleasesPerLineMax * 3).Select(v => LetterRig.Letter($"a{v}", version: v))]);
        await rig.ParkAsync(LetterRig.Letter("b2", "b", version: 2));
        rig.Failing["b2"] = new TimeoutException("not yet");
        await Should.ThrowAsync<CrashException>(() => DecideAsync(rig.Start(CrashPoint.BeforeRelease), isReplay: true));
        await Should.ThrowAsync<CrashException>(() =>
            rig.Start(CrashPoint.BeforeRelease).Decisions.ReplayAsync(2, force: false, "ann", CancellationToken.None));

        await rig.Start().ReleaseAsync();

        rig.List().Items.Single(l => l.MessageId == "b2").Attempts.ShouldBe(1);
        rig.Now.Process.Database.ParkedCount().ShouldBe(1);
    }

    [Fact]
    public async Task what_a_message_failed_at_before_it_was_parked_does_not_count_when_its_turn_comes()
    {
        for (var i = 0; i < DeadLetterLimits.ReleaseAttemptsMax; i++)
        {
            await rig.Now.ExecuteAsync(work =>
            {
                DeadLetterStore.Failed(work, "m2", "too early without m1");
                return true;
            });
        }

        await rig.KeepAsync(LetterRig.Letter("m1"));
        await rig.ParkAsync(LetterRig.Letter("m2", version: 2));
        rig.Failing["m2"] = new TimeoutException("not yet");

        await rig.ReplayAsync(1);

        (rig.Find(2).Status, rig.Find(2).Attempts).ShouldBe((DeadLetterStatuses.Parked, 1));
    }

    [Fact]
    public async Task a_parked_message_that_nobody_can_ever_handle_is_dead_at_once()
    {
        await rig.KeepAsync(LetterRig.Letter("m1"));
        await rig.ParkAsync(LetterRig.Letter("m2", version: 2));
        rig.Failing["m2"] = new PoisonException("no data");

        await rig.ReplayAsync(1);

        (rig.Find(2).Status, rig.Find(2).Reason).ShouldBe((DeadLetterStatuses.Dead, "no data"));
    }

    [Fact]
    public async Task the_rounds_begin_at_the_start_and_go_on()
    {
        await rig.KeepAsync(LetterRig.Letter("m1"));
        await rig.ParkAsync(LetterRig.Letter("m2", version: 2), LetterRig.Letter("m3", version: 3));
        await Should.ThrowAsync<CrashException>(() => DecideAsync(rig.Start(CrashPoint.BeforeRelease), isReplay: true));
        rig.Failing["m3"] = new TimeoutException("not yet");
        using var stop = new CancellationTokenSource();

        var running = rig.Start().Releases.RunAsync(stop.Token);
        await Eventually.HoldsAsync(() => rig.Find(3).Attempts == 1);
        rig.Failing.Clear();
        await Eventually.HoldsAsync(() =>
        {
            rig.Kernel.Time.Advance(DeadLetterLimits.ReleaseInterval);
            return rig.Find(3).Status == DeadLetterStatuses.Replayed;
        });

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        rig.Handled.ShouldBe(["m1", "m2", "m3"]);
    }

    private static Task DecideAsync(LetterProcess process, bool isReplay) => isReplay
        ? process.Decisions.ReplayAsync(1, force: false, "ann", CancellationToken.None)
        : process.Decisions.DiscardAsync(1, "why", "ann", CancellationToken.None);
}
