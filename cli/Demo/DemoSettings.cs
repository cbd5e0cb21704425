namespace Cli.Demo;

/// <summary>What a demo run is to do.</summary>
/// <param name="Orders">Orders to place.</param>
/// <param name="Seed">Seed of the scenario.</param>
/// <param name="Patterns">Patterns that take turns.</param>
/// <param name="Alone">True where nobody else writes to the system, which is then held to exactly what this client
/// sent.</param>
/// <param name="Convergence">How long the services may take to agree after the last order.</param>
internal sealed record DemoSettings(
    int Orders, int Seed, IReadOnlyList<string> Patterns, bool Alone, TimeSpan Convergence)
{
    /// <summary>Orders a second.</summary>
    public int Rate { get; init; } = Limits.DemoRatePerSecond;

    /// <summary>Share of deliveries that are lost for good; for the report.</summary>
    public double Lose { get; init; }

    /// <summary>What goes down in the middle of the run; null for nothing.</summary>
    public Outage? Outage { get; init; }

    /// <summary>How long to wait for the confirmation of an order that is to be cancelled after it.</summary>
    public TimeSpan Confirmation { get; init; } = Limits.Confirmation;
}
