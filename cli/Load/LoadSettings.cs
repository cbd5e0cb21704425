namespace Cli.Load;

/// <summary>What a load run is to do.</summary>
/// <param name="Rate">Orders a second.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Customers">Customers who take turns at random.</param>
/// <param name="Skus">Products to choose from.</param>
/// <param name="Seed">Seed of the choices.</param>
/// <param name="Convergence">How long the services may take to agree after the last order.</param>
internal sealed record LoadSettings(int Rate, int Seconds, int Customers, int Skus, int Seed, TimeSpan Convergence)
{
    /// <summary>
    /// Seconds at the same rate before the measurement: compilers and caches of freshly started processes are cold.
    /// </summary>
    public int WarmUpSeconds { get; init; }

    /// <summary>Orders to send.</summary>
    public int Total => Rate * Seconds;

    /// <summary>Patterns that the orders take turns in.</summary>
    public IReadOnlyList<string> Patterns { get; init; } = [Contracts.Patterns.Events];
}
