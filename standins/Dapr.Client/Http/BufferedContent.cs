using System.Buffers;
using System.Net;
using System.Text.Json;

namespace Dapr.Client.Http;

/// <summary>
/// A request body that is written into a pooled buffer before it is sent, so that its length is known and JSON goes
/// straight to UTF-8.
/// </summary>
internal sealed class BufferedContent : HttpContent, IBufferWriter<byte>
{
    private const int InitialBytes = 4096;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _length;
    private int _sending;

    private BufferedContent(string contentType)
    {
        // Unchecked: what callers pass as a content type is the sidecar's to judge.
        if (contentType.Length > 0)
        {
            Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
    }

    /// <summary>A body that is one JSON value.</summary>
    public static BufferedContent OfJson<T>(T value, JsonSerializerOptions options, string contentType) =>
        Write(options, contentType, (value, options), static (writer, state) =>
            JsonSerializer.Serialize(writer, state.value, state.options));

    /// <summary>A body that <paramref name="write"/> writes as JSON.</summary>
    public static BufferedContent Write<TState>(
        JsonSerializerOptions options, string contentType, TState state, Action<Utf8JsonWriter, TState> write)
    {
        var content = new BufferedContent(contentType);
        try
        {
            // The writer's own encoder counts, not that of the options that are passed to the serializer with it.
            using var writer = new Utf8JsonWriter(
                content, new JsonWriterOptions { Encoder = options.Encoder, SkipValidation = true });
            write(writer, state);
            writer.Flush();
            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _sending);
        try
        {
            await stream.WriteAsync(_buffer.AsMemory(0, _length), cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _sending);
        }
    }

    protected override void Dispose(bool disposing)
    {
        // An answer or a cancellation may come before the body is out. A buffer that is still being sent is left to the
        // garbage collector: in the pool, another request would write over it.
        if (disposing && Volatile.Read(ref _sending) == 0 && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        base.Dispose(disposing);
    }

    private void Reserve(int sizeHint)
    {
        var needed = _length + Math.Max(sizeHint, 1);
        if (needed <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
