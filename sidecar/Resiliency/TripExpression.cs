using System.Diagnostics.CodeAnalysis;

namespace Sidecar.Resiliency;

/// <summary>
/// A breaker's trip condition: the integer part of CEL, which is all that the counts call for: comparisons,
/// <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>, <c>+ - * / %</c> and parentheses. A condition that cannot be evaluated (a
/// division by zero) does not trip, as in Dapr.
/// </summary>
public sealed class TripExpression
{
    private readonly Func<BreakerCounts, bool> _condition;

    private TripExpression(string text, Func<BreakerCounts, bool> condition) => (Text, _condition) = (text, condition);

    /// <summary>The condition as written.</summary>
    public string Text { get; }

    /// <summary>Parses a condition; false with the problem otherwise.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out TripExpression? expression, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            expression = new TripExpression(text, TripParser.Parse(text));
            problem = null;
            return true;
        }
        catch (FormatException e)
        {
            expression = null;
            problem = e.Message;
            return false;
        }
    }

    /// <summary>True if the breaker should open.</summary>
    public bool IsTrue(BreakerCounts counts)
    {
        try
        {
            return _condition(counts);
        }
        catch (ArithmeticException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
