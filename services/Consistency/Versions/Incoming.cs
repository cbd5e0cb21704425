namespace Consistency.Versions;

/// <summary>How a message's version stands to what the consumer already knows of the aggregate.</summary>
public enum Arrival
{
    /// <summary>Older or equal: the consumer knows this or something newer. To be dropped.</summary>
    Stale,

    /// <summary>Exactly the next version.</summary>
    Next,

    /// <summary>Versions are missing in between: the handler must reach the right end state without them, or ask for redelivery.</summary>
    Gap,
}

/// <summary>Compares versions; aggregates start at version 1, so an unknown aggregate has version 0.</summary>
public static class Incoming
{
    /// <summary>How <paramref name="incoming"/> stands to the last version known.</summary>
    public static Arrival Judge(long known, long incoming) =>
        incoming <= known ? Arrival.Stale
        : incoming == known + 1 ? Arrival.Next
        : Arrival.Gap;
}

/// <summary>
/// A message came before one that it builds on, and cannot be handled without it. The broker is asked to deliver it again
/// (RETRY); nothing is written, the inbox mark included.
/// </summary>
public sealed class TooEarlyException(string message) : Exception(message);
