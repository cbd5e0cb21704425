namespace Consistency.Caching;

/// <summary>A cache, as far as its figures go.</summary>
public interface ICountsReads
{
    /// <summary>What is cached.</summary>
    string Name { get; }

    /// <summary>What the cache has done.</summary>
    CacheFigures Figures { get; }
}
