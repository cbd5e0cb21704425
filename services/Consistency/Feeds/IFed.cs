namespace Consistency.Feeds;

/// <summary>How others learn of a record's changes.</summary>
public enum Lane
{
    /// <summary>Events or calls tell of them. Followers look only at what has been quiet for some time, to find what was never heard.</summary>
    Pushed = 0,

    /// <summary>Nobody is told. Followers act on them as soon as they read them.</summary>
    Pulled = 1,
}

/// <summary>A set of lanes: who is to be woken after a commit.</summary>
[Flags]
public enum Lanes
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><see cref="Lane.Pushed"/>.</summary>
    Pushed = 1 << Lane.Pushed,

    /// <summary><see cref="Lane.Pulled"/>.</summary>
    Pulled = 1 << Lane.Pulled,
}

/// <summary>
/// An entity that others may follow. Whatever a unit of work adds, changes or deletes goes into the change feed in the same transaction;
/// no handler has to remember it.
/// </summary>
public interface IFed
{
    /// <summary>What it is, for example <c>order</c>; one of <see cref="Contracts.Feeds.FeedKinds"/>.</summary>
    string FeedKind { get; }

    /// <summary>Which one it is; unique per kind, and never changed.</summary>
    string FeedKey { get; }

    /// <summary>How others learn of this change.</summary>
    Lane FeedLane { get; }
}
