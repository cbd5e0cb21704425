using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>
/// Ids that are the same on every replay, and the same as those of the official worker, so that either can go on with the other's
/// instances: UUIDs of version 5 (RFC 9562, SHA-1) in a namespace made from the instance id.
/// </summary>
internal sealed class DeterministicIds(string instanceId, string? executionId)
{
    /// <summary>The namespace of instance ids that are no UUIDs themselves. Source: dotnet-sdk v1.18.5.</summary>
    private static readonly Guid InstanceIds = new("6f927a2e-9c7e-4a1d-9b8d-7a86f2e7f62f");

    private readonly Guid space = Space(string.IsNullOrWhiteSpace(executionId) ? instanceId : executionId);
    private int made;

    /// <summary>The next id for the workflow's code.</summary>
    public Guid Next() => Derive(space, $"{instanceId}_{made++}");

    /// <summary>The id of an activity's call. It comes again after continue-as-new.</summary>
    public string TaskExecutionId(int taskId, string name) => Derive(space, $"{instanceId}|activity|{taskId}|{name}").ToString("N");

    private static Guid Space(string seed) => Guid.TryParse(seed, out var id) ? id : Derive(InstanceIds, seed);

    private static Guid Derive(Guid space, string name)
    {
        const int SpaceBytes = 16;
        var length = SpaceBytes + Encoding.UTF8.GetMaxByteCount(name.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            space.TryWriteBytes(rented, bigEndian: true, out _);
            var written = Encoding.UTF8.GetBytes(name, rented.AsSpan(SpaceBytes));
            Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
            SHA1.HashData(rented.AsSpan(0, SpaceBytes + written), hash);
            hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
            hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
            return new Guid(hash[..SpaceBytes], bigEndian: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
