namespace Consistency.Identity;

/// <summary>Where ids come from; injected so that tests can seed it.</summary>
public interface IIdSource
{
    /// <summary>A new UUIDv7 (RFC 9562, section 5.7) in text form: sorts by creation time, which keeps index inserts local.</summary>
    string Next();
}

/// <summary>Random UUIDv7 ids with the clock's time.</summary>
public sealed class UuidV7Source(TimeProvider time) : IIdSource
{
    /// <inheritdoc/>
    public string Next()
    {
#pragma warning disable RS0030 // This is the id source that the rule points to.
        return Guid.CreateVersion7(time.GetUtcNow()).ToString();
#pragma warning restore RS0030
    }
}
