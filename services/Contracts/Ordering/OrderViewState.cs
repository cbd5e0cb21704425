namespace Contracts.Ordering;

/// <summary>Answer to GET /views/orders at the gateway: how the view of orders is.</summary>
/// <param name="Rows">Orders in it.</param>
/// <param name="AsOf">It has everything that the three services had committed by then (UTC).</param>
/// <param name="LagMs">How long ago that was, in milliseconds.</param>
/// <param name="Sources">The same for each source.</param>
/// <param name="Rebuild">The rebuild under way; null where there is none.</param>
public sealed record OrderViewState(
    long Rows, DateTimeOffset AsOf, long LagMs, IReadOnlyList<OrderViewSource> Sources, OrderViewRebuild? Rebuild);

/// <summary>A service whose feed the view follows.</summary>
/// <param name="Service">App id.</param>
/// <param name="AsOf">The view has everything that this service had committed by then; 1970 where it has never read all of it.</param>
/// <param name="LagMs">How long ago that was, in milliseconds.</param>
public sealed record OrderViewSource(string Service, DateTimeOffset AsOf, long LagMs);

/// <summary>A second edition of the view that is built beside the one that serves.</summary>
/// <param name="Reason">Why: an operator asked for it, or a service was put back to an earlier state.</param>
/// <param name="Since">When it began.</param>
/// <param name="Rows">Rows in it so far.</param>
/// <param name="Complete">Services whose feed it has read to the end; with all three it takes over.</param>
public sealed record OrderViewRebuild(string Reason, DateTimeOffset Since, long Rows, IReadOnlyList<string> Complete);
