using Contracts;

namespace Cli.Demo;

/// <summary>A service that is killed with -9 once a third of the orders are placed, and comes back later.</summary>
/// <param name="Service">App id.</param>
/// <param name="Seconds">For how long it is away.</param>
internal sealed record Outage(string Service, double Seconds)
{
    /// <summary>
    /// Services that may go down. Not Orders and not the gateway: the demo's clients could not place anything meanwhile.
    /// </summary>
    public static readonly IReadOnlyList<string> Services = [AppIds.Inventory, AppIds.Invoices];
}
