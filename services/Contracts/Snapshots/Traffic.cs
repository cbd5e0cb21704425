namespace Contracts.Snapshots;

/// <summary>
/// What bringing the services to agree has cost a service, by pattern; part of GET /progress. The sum of what its instances have counted
/// since their start; those that were not asked, up to a quarter of a second ago.
/// </summary>
/// <param name="Process">Name of the newest start of a process of the service; another name says that earlier counts may be lost.</param>
/// <param name="ByPattern">Counts by pattern, and by <see cref="AntiEntropy"/>; what never happened is not there.</param>
public sealed record ServiceTraffic(string Process, IReadOnlyDictionary<string, PatternTraffic> ByPattern)
{
    /// <summary>Name under which the requests of the repair stand: they look after orders of all patterns.</summary>
    public const string AntiEntropy = "anti-entropy";
}

/// <summary>
/// Messages and calls between the services for orders of one pattern. Not counted, for none of the patterns: the client's own request and the
/// sidecar's part in it, the workflow engine's turns and activities (gRPC between an app and its own sidecar), dead letters, the schedule's
/// calls, and what read models read.
/// </summary>
/// <param name="Messages">Events about orders that the broker has taken from this service; one that was published twice counts twice.</param>
/// <param name="Deliveries">
/// Events about orders that were delivered to this service, repetitions and those that it only acknowledges included.
/// </param>
/// <param name="Calls">
/// Requests that this service has made: steps of a workflow in other services, each attempt; what the workflow engine was told or asked
/// (starts, events, whether an instance is gone); pages of other services' feeds, empty ones included.
/// </param>
/// <param name="Changes">Changes that those pages carried.</param>
public sealed record PatternTraffic(long Messages, long Deliveries, long Calls, long Changes)
{
    /// <summary>Nothing.</summary>
    public static PatternTraffic None { get; } = new(0, 0, 0, 0);

    /// <summary>The sum of two.</summary>
    public static PatternTraffic operator +(PatternTraffic one, PatternTraffic other) => new(
        one.Messages + other.Messages, one.Deliveries + other.Deliveries, one.Calls + other.Calls, one.Changes + other.Changes);

    /// <summary>What came to one since the other was taken.</summary>
    public static PatternTraffic operator -(PatternTraffic one, PatternTraffic other) => new(
        one.Messages - other.Messages, one.Deliveries - other.Deliveries, one.Calls - other.Calls, one.Changes - other.Changes);
}
