using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Sidecar.Faults;

/// <summary>The command line flags for fault injection.</summary>
public sealed class FaultFlags
{
    private readonly Option<double> _duplicate = Probability("--fault-duplicate", "deliver a message twice");
    private readonly Option<double> _drop = Probability("--fault-drop", "lose a delivery for good");
    private readonly Option<(double Probability, TimeSpan By)> _delay = new("--fault-delay")
    {
        Description = "Tests only: deliver late, as PROBABILITY:MILLISECONDS, for example 0.1:250.",
        CustomParser = ParseDelay,
    };

    private readonly Option<double> _reorder =
        Probability("--fault-reorder", "let later messages of the same subject overtake");
    private readonly Option<double> _refuse = Probability("--fault-refuse", "answer a publish with 500");
    private readonly Option<int> _seed =
        new("--fault-seed") { Description = "Tests only: seed of the faults' decisions." };

    /// <summary>Adds the flags to a command.</summary>
    public static FaultFlags AddTo(Command command)
    {
        var flags = new FaultFlags();
        command.Options.Add(flags._duplicate);
        command.Options.Add(flags._drop);
        command.Options.Add(flags._delay);
        command.Options.Add(flags._reorder);
        command.Options.Add(flags._refuse);
        command.Options.Add(flags._seed);
        return flags;
    }

    /// <summary>What was given. Ask only after the parse result's errors were looked at.</summary>
    public FaultOptions Read(ParseResult result)
    {
        var (delay, by) = result.GetValue(_delay);
        return new FaultOptions
        {
            Duplicate = result.GetValue(_duplicate),
            Drop = result.GetValue(_drop),
            Delay = delay,
            DelayBy = by,
            Reorder = result.GetValue(_reorder),
            Refuse = result.GetValue(_refuse),
            Seed = result.GetValue(_seed),
        };
    }

    private static Option<double> Probability(string name, string what) => new(name)
    {
        Description = $"Tests only: probability (0 to 1) to {what}.",
        CustomParser = ParseProbability,
    };

    private static double ParseProbability(ArgumentResult result)
    {
        var text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
        if (TryProbability(text, out var value))
        {
            return value;
        }
        result.AddError(
            $"{NameOf(result)}: '{text}' is not a probability. Write a number from 0 to 1, for example 0.05.");
        return 0;
    }

    private static (double Probability, TimeSpan By) ParseDelay(ArgumentResult result)
    {
        const int LongestMs = 3_600_000;
        var text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
        var parts = text.Split(':');
        if (parts.Length == 2 && TryProbability(parts[0], out var probability)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= LongestMs)
        {
            return (probability, TimeSpan.FromMilliseconds(ms));
        }
        result.AddError($"{NameOf(result)}: '{text}' is not PROBABILITY:MILLISECONDS. Write for example 0.1:250.");
        return default;
    }

    private static string NameOf(ArgumentResult result) => (result.Parent as OptionResult)?.Option.Name ?? "";

    private static bool TryProbability(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture, out value)
        && value is >= 0 and <= 1;
}
