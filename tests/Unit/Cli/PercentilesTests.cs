using Cli.Measuring;

namespace Tests.Unit.Cli;

public sealed class PercentilesTests
{
    [Fact]
    public void percentiles_are_measured_values_by_nearest_rank()
    {
        var percentiles = Percentiles.Of(Enumerable.Range(1, 1000).Reverse().Select(i => (double)i));

        percentiles.P50.ShouldBe(500);
        percentiles.P99.ShouldBe(990);
        percentiles.P999.ShouldBe(999);
        percentiles.Max.ShouldBe(1000);
    }

    [Theory]
    [InlineData(50, 20)]
    [InlineData(51, 30)]
    [InlineData(25, 10)]
    [InlineData(26, 20)]
    [InlineData(100, 40)]
    [InlineData(0.1, 10)]
    public void small_samples_follow_the_definition(double percent, double expected) =>
        Percentiles.Of([40, 10, 30, 20]).At(percent).ShouldBe(expected);

    [Fact]
    public void one_value_is_every_percentile() => Percentiles.Of([7]).P99.ShouldBe(7);

    [Fact]
    public void nothing_measured_is_zero() => Percentiles.Of([]).Max.ShouldBe(0);

    [Fact]
    public void values_are_rounded_to_hundredths() => Percentiles.Of([1.23456]).P50.ShouldBe(1.23);
}
