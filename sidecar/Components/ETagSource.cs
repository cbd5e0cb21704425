using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sidecar.Components;

/// <summary>
/// Gives out versions: a counter from a random start, so that a version is never given out twice, neither after a restart nor for a
/// key that was deleted and written again (where a counter per key, as in Redis, would let a stale version pass).
/// </summary>
internal sealed class ETagSource
{
    private long _last = RandomStart();

    /// <summary>The next version. Called by one writer at a time.</summary>
    public long Next() => ++_last;

    /// <summary>As clients see it: 16 hexadecimal digits.</summary>
    public static string Format(long etag) => etag.ToString("x16");

    /// <summary>Why a write must be refused given the stored version (null where there is no value), or null if it may go ahead.</summary>
    public static EtagMismatchException? Refusal(StateWrite write, long? current)
    {
        if (write.ETag is null)
        {
            return write.FirstWrite && current is not null
                ? new EtagMismatchException(write.Key, "item already exists and no etag was passed")
                : null;
        }
        if (current is null)
        {
            return new EtagMismatchException(write.Key, $"state not exist or expired for key={write.Key}");
        }
        var stored = Format(current.Value);
        return stored == write.ETag
            ? null
            : new EtagMismatchException(write.Key, $"state etag not match for key={write.Key}: current={stored}, expect={write.ETag}");
    }

    private static long RandomStart()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }
}
