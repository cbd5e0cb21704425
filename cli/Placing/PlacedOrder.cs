namespace Cli.Placing;

/// <summary>An order that was placed, as <c>--json</c> writes it.</summary>
/// <param name="Pattern">How the services agree on it.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Status">Its status when the command was done with it.</param>
/// <param name="Reason">Why it was cancelled; null where it was not.</param>
/// <param name="IsSettled">Whether all three services had come to its end.</param>
/// <param name="AcceptedMs">From the request until the gateway's answer, milliseconds.</param>
/// <param name="SettledMs">From acceptance until the last change in any service, milliseconds; null where it is not settled.</param>
/// <param name="TraceId">Its trace.</param>
/// <param name="Trace">Where the trace is seen.</param>
internal sealed record PlacedOrder(
    string Pattern, string OrderId, string Status, string? Reason, bool IsSettled, double AcceptedMs, double? SettledMs, string TraceId, Uri Trace);
