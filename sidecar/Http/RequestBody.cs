using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Sidecar.Http;

/// <summary>The request's body is larger than this sidecar accepts. The message is daprd's.</summary>
internal sealed class BodyTooLargeException() : Exception("stream too large");

/// <summary>A request's whole body in a pooled buffer; dispose to give the buffer back.</summary>
internal readonly struct RequestBody : IDisposable
{
    // Grown by doubling for chunked bodies, whose length is not known before.
    private const int FirstChunkBytes = 4096;

    private readonly byte[]? _buffer;
    private readonly int _length;

    private RequestBody(byte[]? buffer, int length)
    {
        _buffer = buffer;
        _length = length;
    }

    /// <summary>The bytes; valid until disposed.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <summary>Reads to the end.</summary>
    /// <exception cref="BodyTooLargeException">Longer than <paramref name="bytesMax"/>.</exception>
    public static ValueTask<RequestBody> ReadAsync(HttpContext http, long bytesMax)
    {
        if (http.Request.ContentLength is { } length)
        {
            return length switch
            {
                0 => default,
                _ when length > bytesMax => TooLarge(http),
                _ => ReadKnownAsync(http.Request.Body, (int)length),
            };
        }
        return http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? default
            : ReadChunkedAsync(http, bytesMax);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private static async ValueTask<RequestBody> ReadKnownAsync(Stream body, int length)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await body.ReadExactlyAsync(buffer.AsMemory(0, length));
            return new RequestBody(buffer, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static async ValueTask<RequestBody> ReadChunkedAsync(HttpContext http, long bytesMax)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstChunkBytes);
        try
        {
            var length = 0;
            int read;
            while ((read = await http.Request.Body.ReadAsync(buffer.AsMemory(length))) > 0)
            {
                length += read;
                if (length > bytesMax)
                {
                    await TooLarge(http);
                }
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
            return new RequestBody(buffer, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static ValueTask<RequestBody> TooLarge(HttpContext http)
    {
        // The rest of the body is not worth reading: the connection goes with the answer.
        http.Response.Headers.Connection = "close";
        return ValueTask.FromException<RequestBody>(new BodyTooLargeException());
    }
}
