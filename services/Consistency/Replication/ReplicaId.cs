using Consistency.Identity;

namespace Consistency.Replication;

/// <summary>
/// The name under which this process writes replicated records: the app, and a generation that is new with every start of a process.
/// </summary>
/// <remarks>
/// Why not the app alone: a database restored from a backup has forgotten its last writes, though others know them. Its next write would get
/// a dot that was used before, for another value; whoever knows the old one takes the new one for known, and ignores it. Nothing in a restored file
/// says that it was restored, but nobody restores one under a running process: so the name ends with the process. The price is one
/// entry in the vector of each record for each process that ever wrote it.
/// </remarks>
/// <param name="Name">For example <c>orders-019a9e2c41b75f0d3e6a</c>.</param>
public sealed record ReplicaId(string Name)
{
    /// <summary>A new name. Of the UUIDv7 the 48 bits of time, and 32 of chance: enough for processes that start in the same millisecond.</summary>
    public static ReplicaId New(string appId, IIdSource ids)
    {
        var digits = ids.Next().Replace("-", "", StringComparison.Ordinal);
        return new ReplicaId($"{appId}-{digits[..12]}{digits[^8..]}");
    }
}
