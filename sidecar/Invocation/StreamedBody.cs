using System.Net;
using Sidecar.Http;

namespace Sidecar.Invocation;

/// <summary>
/// The body of a request that does not say how long it is (chunked): handed on to the app as it comes, and so once only, without retries.
/// As in Dapr, onDirectMessage in pkg/api/http/directmessaging.go.
/// </summary>
internal sealed class StreamedBody(HttpContext http, long bytesMax) : HttpContent
{
    // One read, one write.
    private const int ChunkBytes = 16 * 1024;

    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;

    /// <summary>True for a request that has a body of unknown length.</summary>
    public static bool IsNeeded(HttpRequest request) =>
        request.ContentLength is null && request.Headers.TransferEncoding.Count > 0;

    /// <summary>
    /// Completes when the caller's request is no longer read: only then may it end, because its context is used again for another one.
    /// </summary>
    public Task Stopped => Volatile.Read(ref _started) == 0 ? Task.CompletedTask : _stopped.Task;

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    /// <exception cref="BodyTooLargeException">Longer than the sidecar accepts.</exception>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _started, 1);
        try
        {
            var chunk = new byte[ChunkBytes];
            long total = 0;
            int read;
            while ((read = await http.Request.Body.ReadAsync(chunk, cancellationToken)) > 0)
            {
                total += read;
                if (total > bytesMax)
                {
                    throw new BodyTooLargeException();
                }
                await stream.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            _stopped.TrySetResult();
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
