using Sidecar.Components.PubSubSqlite;

namespace Tests.Unit.Sidecar.Components;

public sealed class DoneRangesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void in_any_order_of_acknowledgement_it_knows_what_is_done(int seed)
    {
        var random = new Random(seed);
        var numbers = Enumerable.Range(1, 500).ToArray();
        random.Shuffle(numbers);
        var ranges = new DoneRanges(0);
        var done = new HashSet<int>();

        foreach (var number in numbers)
        {
            ranges.Add(number, number);
            done.Add(number);
            var cursor = Enumerable.Range(1, 501).First(n => !done.Contains(n)) - 1;
            ranges.Cursor.ShouldBe(cursor);
            ranges.Highest.ShouldBe(done.Max());
            var probe = random.Next(1, 501);
            ranges.Contains(probe).ShouldBe(done.Contains(probe));
        }

        ranges.Above().ShouldBeNull();
    }

    [Fact]
    public void one_stuck_message_costs_one_range_however_many_follow()
    {
        var ranges = new DoneRanges(0);
        for (var number = 2; number <= 10_000; number++)
        {
            ranges.Add(number, number);
        }

        ranges.Cursor.ShouldBe(0);
        ranges.Above()!.Length.ShouldBe(16);

        var reread = new DoneRanges(0, ranges.Above());
        reread.Contains(1).ShouldBeFalse();
        reread.Contains(10_000).ShouldBeTrue();
        reread.Add(1, 1);
        reread.Cursor.ShouldBe(10_000);
    }

    [Fact]
    public void ranges_that_overlap_or_touch_are_joined()
    {
        var ranges = new DoneRanges(0);
        ranges.Add(10, 20);
        ranges.Add(30, 40);
        ranges.Add(15, 29);
        ranges.Above()!.Length.ShouldBe(16);
        ranges.Add(5, 3);
        ranges.Add(1, 9);
        ranges.Cursor.ShouldBe(40);
    }
}
