using Consistency.Conflicts;

namespace Tests.Unit.Consistency.Conflicts;

public sealed class HybridLogicalClockTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    [Fact]
    public void a_write_has_the_wall_clocks_time_where_that_is_ahead() =>
        HybridLogicalClock.Next(new HybridTime(Now.ToUnixTimeMilliseconds() - 1, 7), Now).ShouldBe(new HybridTime(Now.ToUnixTimeMilliseconds(), 0));

    [Theory]
    [InlineData(0)]
    [InlineData(30_000)]
    public void a_write_is_above_all_that_it_has_seen_also_of_clocks_that_are_ahead(int aheadMs)
    {
        var seen = new HybridTime(Now.ToUnixTimeMilliseconds() + aheadMs, 3);

        HybridLogicalClock.Next(seen, Now).ShouldBe(seen with { Tick = 4 });
    }

    [Fact]
    public void ticks_run_over_into_the_next_millisecond()
    {
        var seen = new HybridTime(Now.ToUnixTimeMilliseconds(), ConflictLimits.TickMax);

        HybridLogicalClock.Next(seen, Now).ShouldBe(new HybridTime(seen.Milliseconds + 1, 0));
    }

    [Fact]
    public void a_clock_that_was_a_year_ahead_is_forgotten_by_writing_again()
    {
        var wrong = RecordState.Empty.Write("a", Now.AddYears(1), Values("email", "wrong@x"));

        var healed = wrong.Write("a", Now, Values("email", "right@x"));

        Should.Throw<ClockDriftException>(() => wrong.ThrowIfAhead(Now)).Message.ShouldContain("'a'");
        Should.NotThrow(() => healed.ThrowIfAhead(Now));
        RecordState.Empty.Join(wrong).Join(healed)["email"].Siblings.Single().Value.AsText().ShouldBe("right@x");
    }

    [Fact]
    public void drift_within_the_limit_is_borne() =>
        Should.NotThrow(() => RecordState.Empty.Write("a", Now + ConflictLimits.DriftMax, Values("email", "a@x")).ThrowIfAhead(Now));

    [Fact]
    public void a_slow_clock_does_not_lose_to_what_its_writer_had_seen()
    {
        var fast = RecordState.Empty.Write("a", Now.AddSeconds(10), Values("name", "first"));

        var slow = RecordState.Empty.Join(fast).Write("b", Now, Values("name", "second"));

        slow["name"].Siblings.Single().Stamp.CompareTo(fast["name"].Siblings.Single().Stamp).ShouldBePositive();
    }

    private static Dictionary<string, Leaf> Values(string path, string value) => new() { [path] = Leaf.Of(value) };
}
