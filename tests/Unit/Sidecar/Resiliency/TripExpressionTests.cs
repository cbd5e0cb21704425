using Sidecar.Resiliency;

namespace Tests.Unit.Sidecar.Resiliency;

public sealed class TripExpressionTests
{
    // requests 10, successes 4, failures 6, then 3 failures in a row.
    private static readonly BreakerCounts Counts = new(10, 4, 6, 0, 3);

    [Theory]
    [InlineData("consecutiveFailures > 2", true)]
    [InlineData("consecutiveFailures > 3", false)]
    [InlineData("consecutiveFailures >= 3", true)]
    [InlineData("consecutiveFailures>=3", true)]
    [InlineData("totalFailures > 5 && requests >= 10", true)]
    [InlineData("totalFailures > 6 || requests == 10", true)]
    [InlineData("totalFailures > 6 || requests != 10", false)]
    [InlineData("!(totalSuccesses < 4)", true)]
    [InlineData("totalFailures * 100 / requests > 50", true)]
    [InlineData("totalFailures * 100 / requests > 60", false)]
    [InlineData("requests - totalFailures <= 2 + 2", true)]
    [InlineData("requests % 3 == 1 && consecutiveSuccesses == 0", true)]
    [InlineData("-1 < consecutiveSuccesses", true)]
    [InlineData("true || requests > 1 && false", true)]
    [InlineData("requests / consecutiveSuccesses > 0", false)]
    public void a_condition_is_evaluated_over_the_counts(string text, bool expected)
    {
        TripExpression.TryParse(text, out var expression, out _).ShouldBeTrue();

        expression!.IsTrue(Counts).ShouldBe(expected);
    }

    [Theory]
    [InlineData("", "too early")]
    [InlineData("requests", "not a comparison")]
    [InlineData("requests >", "too early")]
    [InlineData("requests > 1 1", "'1' is not expected")]
    [InlineData("(requests > 1", "')' is missing")]
    [InlineData("failures > 1", "'failures' is unknown")]
    [InlineData("requests > 1 && 2", "not a comparison")]
    [InlineData("(requests > 1) > 1", "a number is needed")]
    [InlineData("requests > \"1\"", "unknown")]
    public void anything_else_is_refused_with_the_reason(string text, string reason)
    {
        TripExpression.TryParse(text, out _, out var problem).ShouldBeFalse();

        problem!.ShouldContain(reason);
    }
}
