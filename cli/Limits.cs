namespace Cli;

/// <summary>Every wait, size and bound of the command line tool.</summary>
internal static class Limits
{
    /// <summary>
    /// From the start of the sidecar until all apps answer: a cold start of five .NET processes on 2 cores takes about
    /// 10 s.
    /// </summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(90);

    /// <summary>From SIGTERM until the process tree is killed.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(20);

    /// <summary>From the end of the processes until their ports are free again.</summary>
    public static readonly TimeSpan PortsFreed = TimeSpan.FromSeconds(5);

    /// <summary>One request to the gateway.</summary>
    public static readonly TimeSpan Request = TimeSpan.FromSeconds(30);

    /// <summary>Opening a connection: the system is near, so a longer wait means that nobody is there.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Until a new product is in Orders' copy of the catalog. Where its event is lost, the repair brings it: a grace time of 4 s and an interval
    /// of 5 s later.
    /// </summary>
    public static readonly TimeSpan Catalog = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Until every order of the demo is settled. Sketch: an order that lost several events is healed in as many intervals of 5 s.
    /// </summary>
    public static readonly TimeSpan DemoConvergence = TimeSpan.FromSeconds(120);

    /// <summary>Until every order of a load run is settled: the objective of the design.</summary>
    public static readonly TimeSpan LoadConvergence = TimeSpan.FromMinutes(5);

    /// <summary>How long verify waits for a system to come to rest before it takes the snapshots.</summary>
    public static readonly TimeSpan VerifyRest = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Until one order is Confirmed, where the scenario cancels it afterwards: pattern sync takes an interval of 5 s, an outage 20 s.
    /// </summary>
    public static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(60);

    /// <summary>How long a service is away that the demo kills: far beyond every retry of a single call.</summary>
    public static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);

    /// <summary>Between two looks at something that changes by itself.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Between two snapshots while the services say that they are not done: a service may be wrong about itself.
    /// </summary>
    public static readonly TimeSpan SnapshotRetry = TimeSpan.FromSeconds(10);

    /// <summary>Until the gateway's view has what the services had when their snapshots were taken: usually half a second.</summary>
    public static readonly TimeSpan ViewCatchUp = TimeSpan.FromSeconds(10);

    /// <summary>Attempts of a request whose outcome is unknown; each carries the same idempotency key.</summary>
    public const int AttemptsMax = 6;

    /// <summary>Entries of a snapshot page.</summary>
    public const int PageSize = Contracts.RequestLimits.PageSizeMax;

    /// <summary>Orders a second of the demo: open loop, about 13 s for 400 orders.</summary>
    public const int DemoRatePerSecond = 30;

    /// <summary>Requests of the demo in flight at once.</summary>
    public const int DemoConcurrency = 32;

    /// <summary>Orders of the demo at most.</summary>
    public const int DemoOrdersMax = 20_000;

    /// <summary>Connections of a load run. At 200 ms an order, 256 carry 1,280 orders a second.</summary>
    public const int LoadConnections = 256;

    /// <summary>
    /// Orders of a load run: their ids and latencies stay in memory until the audit, with three snapshots of each.
    /// </summary>
    public const long LoadOrdersMax = 2_000_000;

    /// <summary>Data directories of earlier runs that are kept for a look into their logs.</summary>
    public const int RunsKept = 3;

    /// <summary>Lines of the log that are shown when a start fails.</summary>
    public const int LogLinesShown = 20;

    /// <summary>Violations and stuck orders that are printed; the JSON file has all.</summary>
    public const int FindingsShown = 20;
}
