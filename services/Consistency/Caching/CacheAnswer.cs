namespace Consistency.Caching;

/// <summary>A value and its version, as its owner gave it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Version">Rises with every change of the value.</param>
public sealed record Versioned<T>(T Value, long Version);

/// <summary>Where an answer came from.</summary>
public enum CacheOutcome
{
    /// <summary>From the store.</summary>
    Hit,

    /// <summary>From the owner: the store had nothing that could be used, or did not answer.</summary>
    Miss,

    /// <summary>From the owner: what the store had was too old.</summary>
    Stale,

    /// <summary>From the owner: the reader wanted nothing from the store.</summary>
    Bypass,
}

/// <summary>A read's answer.</summary>
/// <param name="Value">The value.</param>
/// <param name="Version">Its version.</param>
/// <param name="AsOf">It was the newest at this moment, or at a later one.</param>
/// <param name="Age">How long ago that was when it was answered.</param>
/// <param name="Outcome">Where it came from.</param>
/// <param name="Collapsed">True if it shared another read's question to the owner.</param>
public sealed record CacheAnswer<T>(T Value, long Version, DateTimeOffset AsOf, TimeSpan Age, CacheOutcome Outcome, bool Collapsed);
