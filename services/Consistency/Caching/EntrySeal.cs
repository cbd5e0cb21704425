using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Consistency.Caching;

/// <summary>
/// Writes entries so that nobody without the key can make, alter or move one: an HMAC (RFC 2104) with SHA-256 over cache key, version, time and
/// payload. What does not open was not written by us, whatever it is.
/// </summary>
public sealed class EntrySeal(ReadOnlySpan<byte> secret)
{
    private const string Format = "1";
    private const int PartCount = 5;

    // Base64 makes a third more of the payload; the rest is short.
    private const int TextCharsMax = CacheLimits.PayloadBytesMax * 3 / 2;

    private readonly byte[] secret = secret.Length >= SecretBytesMin
        ? secret.ToArray()
        : throw new ArgumentException($"The cache's key has {secret.Length} bytes; give it {SecretBytesMin} or more.", nameof(secret));

    /// <summary>Shortest secret: as long as what it makes (RFC 2104, section 3).</summary>
    public const int SecretBytesMin = SHA256.HashSizeInBytes;

    internal string Close(string key, CacheEntry entry)
    {
        var asOf = entry.AsOf.ToUnixTimeMilliseconds();
        var payload = Convert.ToBase64String(entry.Payload.Span);
        var mac = Convert.ToBase64String(Mac(key, entry.Version, asOf, entry.Payload.Span));
        return string.Create(CultureInfo.InvariantCulture, $"{Format}.{entry.Version}.{asOf}.{payload}.{mac}");
    }

    /// <summary>The entry, or null if it is not authentic.</summary>
    internal CacheEntry? Open(string key, string text)
    {
        var parts = text.Length <= TextCharsMax ? text.Split('.', PartCount + 1) : [];
        if (parts.Length != PartCount
            || parts[0] != Format
            || !long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var version)
            || !long.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var asOf)
            || !TryDecode(parts[3], out var payload)
            || !TryDecode(parts[4], out var mac)
            || !CryptographicOperations.FixedTimeEquals(mac, Mac(key, version, asOf, payload)))
        {
            return null;
        }

        // Authentic, hence a time that we wrote.
        return new CacheEntry(version, DateTimeOffset.FromUnixTimeMilliseconds(asOf), payload);
    }

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
        {
            return false;
        }

        Array.Resize(ref bytes, length);
        return true;
    }

    // The key's length goes in, too: no two different entries have the same bytes.
    private byte[] Mac(string key, long version, long asOf, ReadOnlySpan<byte> payload)
    {
        var keyBytes = Encoding.UTF8.GetBytes(key);
        Span<byte> numbers = stackalloc byte[sizeof(int) + (2 * sizeof(long))];
        BinaryPrimitives.WriteInt32BigEndian(numbers, keyBytes.Length);
        BinaryPrimitives.WriteInt64BigEndian(numbers[sizeof(int)..], version);
        BinaryPrimitives.WriteInt64BigEndian(numbers[(sizeof(int) + sizeof(long))..], asOf);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(numbers);
        hmac.AppendData(keyBytes);
        hmac.AppendData(payload);
        return hmac.GetHashAndReset();
    }
}
