namespace Sidecar.Storage;

/// <summary>The limits of the embedded SQLite storage, each with the sketch that chose it.</summary>
internal static class StorageLimits
{
    /// <summary>
    /// Writes that may wait for the writer. At 20,000 small writes a second this is three seconds of backlog; callers beyond it wait
    /// at the door, so that memory stays bounded.
    /// </summary>
    public const int QueuedWritesMax = 65_536;

    /// <summary>Writes committed together. More would only make the first of them wait longer; a commit costs far less than 1,024 rows.</summary>
    public const int BatchMax = 1_024;

    /// <summary>How long a statement waits for a lock held by another process, in milliseconds. Inside this process nobody competes.</summary>
    public const int BusyTimeoutMs = 5_000;

    /// <summary>Page cache per connection in KiB.</summary>
    public const int CacheKiB = 16_384;

    /// <summary>Write-ahead log pages (4 KiB) after which a commit also checkpoints: 16 MiB, so that fsync is rare.</summary>
    public const int CheckpointPages = 4_096;

    /// <summary>Idle reading connections kept; more readers than this open and close one of their own.</summary>
    public const int IdleReadersMax = 8;
}
