using System.CommandLine;
using Sidecar.Faults;

namespace Tests.Unit.Sidecar.Faults;

public sealed class FaultFlagsTests
{
    [Fact]
    public void without_flags_nothing_goes_wrong()
    {
        Parse().Create().AreOff.ShouldBeTrue();
        Parse("--fault-seed", "7").Create().AreOff.ShouldBeTrue();
    }

    [Fact]
    public void all_flags_are_read()
    {
        Parse("--fault-duplicate", "0.05", "--fault-drop", "0.01", "--fault-delay", "0.1:250", "--fault-reorder", "1", "--fault-refuse", "1e-3", "--fault-seed", "42")
            .ShouldBe(new FaultOptions
            {
                Duplicate = 0.05, Drop = 0.01, Delay = 0.1, DelayBy = TimeSpan.FromMilliseconds(250), Reorder = 1, Refuse = 0.001, Seed = 42,
            });
    }

    [Theory]
    [InlineData("--fault-duplicate", "1.5", "--fault-duplicate: '1.5' is not a probability. Write a number from 0 to 1, for example 0.05.")]
    [InlineData("--fault-drop", "often", "--fault-drop: 'often' is not a probability. Write a number from 0 to 1, for example 0.05.")]
    [InlineData("--fault-refuse", "NaN", "--fault-refuse: 'NaN' is not a probability. Write a number from 0 to 1, for example 0.05.")]
    [InlineData("--fault-delay", "0.5", "--fault-delay: '0.5' is not PROBABILITY:MILLISECONDS. Write for example 0.1:250.")]
    [InlineData("--fault-delay", "2:100", "--fault-delay: '2:100' is not PROBABILITY:MILLISECONDS. Write for example 0.1:250.")]
    public void a_bad_value_is_one_line(string flag, string value, string expected)
    {
        var command = new RootCommand();
        FaultFlags.AddTo(command);

        command.Parse([flag, value]).Errors.ShouldHaveSingleItem().Message.ShouldBe(expected);
    }

    [Fact]
    public void a_seed_repeats_its_decisions_and_probabilities_are_kept()
    {
        var options = new FaultOptions { Duplicate = 0.2, Drop = 0.1, Reorder = 0.3, Refuse = 0.5, Seed = 3 };
        IFaults first = options.Create(), second = options.Create();
        var decisions = Enumerable.Range(0, 10_000).Select(_ => first.NextDelivery()).ToList();

        decisions.ShouldBe(Enumerable.Range(0, 10_000).Select(_ => second.NextDelivery()));
        decisions.Count(d => d.Drop).ShouldBeInRange(900, 1_100);
        decisions.Count(d => d.Duplication == Duplication.AtOnce).ShouldBeInRange(900, 1_100);
        decisions.Count(d => d.Duplication == Duplication.After).ShouldBeInRange(900, 1_100);
        decisions.Count(d => d.Overtaken).ShouldBeInRange(2_800, 3_200);
        Enumerable.Range(0, 10_000).Count(_ => first.RefusesPublish()).ShouldBeInRange(4_800, 5_200);
    }

    private static FaultOptions Parse(params string[] args)
    {
        var command = new RootCommand();
        var flags = FaultFlags.AddTo(command);
        var result = command.Parse(args);
        result.Errors.ShouldBeEmpty();
        return flags.Read(result);
    }
}
