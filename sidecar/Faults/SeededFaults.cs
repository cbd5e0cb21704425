namespace Sidecar.Faults;

/// <summary>
/// How often what goes wrong; probabilities from 0 to 1, each judged for itself per publish or delivery.
/// </summary>
public sealed record FaultOptions
{
    /// <summary>A message is delivered twice.</summary>
    public double Duplicate { get; init; }

    /// <summary>A delivery is lost for good.</summary>
    public double Drop { get; init; }

    /// <summary>A delivery is late by <see cref="DelayBy"/>.</summary>
    public double Delay { get; init; }

    /// <summary>How late.</summary>
    public TimeSpan DelayBy { get; init; }

    /// <summary>A delivery is overtaken by later ones of the same subject.</summary>
    public double Reorder { get; init; }

    /// <summary>A publish is answered with 500.</summary>
    public double Refuse { get; init; }

    /// <summary>
    /// Seed of the decisions: the same seed makes the same ones, in the order in which they are asked for.
    /// </summary>
    public int Seed { get; init; }

    /// <summary>The faults of these options.</summary>
    public IFaults Create() =>
        this with { Seed = 0, DelayBy = default } == new FaultOptions() ? NoFaults.Instance : new SeededFaults(this);
}

/// <summary>Faults by chance, repeatable by their seed.</summary>
public sealed class SeededFaults(FaultOptions options) : IFaults
{
    /// <summary>How long an overtaken message waits: long enough for those behind it to be delivered.</summary>
    public static readonly TimeSpan OvertakenBy = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Random _random = new(options.Seed);

    /// <inheritdoc/>
    public bool AreOff => false;

    /// <inheritdoc/>
    public bool RefusesPublish()
    {
        lock (_lock)
        {
            return Happens(options.Refuse);
        }
    }

    /// <inheritdoc/>
    public DeliveryFault NextDelivery()
    {
        lock (_lock)
        {
            // Always the same number of draws, so that one probability does not shift the decisions of another.
            var drop = Happens(options.Drop);
            var duplicate = Happens(options.Duplicate);
            var atOnce = Happens(0.5);
            var late = Happens(options.Delay);
            var overtaken = Happens(options.Reorder);
            var delay = (late ? options.DelayBy : TimeSpan.Zero) + (overtaken ? OvertakenBy : TimeSpan.Zero);
            var second = !duplicate ? Duplication.None : atOnce ? Duplication.AtOnce : Duplication.After;
            return new DeliveryFault(drop, second, delay, overtaken);
        }
    }

    private bool Happens(double probability) => _random.NextDouble() < probability;
}
