using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Wire.Grpc;

/// <summary>Where a handler puts its responses. One writer at a time.</summary>
public sealed class GrpcResponseStream<T>
    where T : class, IMessage<T>
{
    private readonly HttpResponse response;
    private readonly CancellationToken cancelled;

    internal GrpcResponseStream(HttpResponse response, CancellationToken cancelled)
    {
        this.response = response;
        this.cancelled = cancelled;
    }

    /// <summary>Buffers a response; it leaves with the next flush, so that several can share a packet.</summary>
    /// <exception cref="global::Grpc.Core.RpcException">ResourceExhausted: it is larger than <see cref="GrpcLimits.MessageBytesMax"/>.</exception>
    public void Write(T message) => GrpcFraming.Write(response.BodyWriter, message, GrpcLimits.MessageBytesMax);

    /// <summary>Sends what is buffered, the response's headers first; waits while the client does not read.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public Task FlushAsync() => FlushAsync(cancelled);

    /// <summary>
    /// Sends what is buffered, the response's headers first; waits while the client does not read, at most until it is told not to.
    /// </summary>
    /// <param name="patience">Cancelling it while the client does not read resets the call's stream.</param>
    /// <exception cref="OperationCanceledException">The client is gone, or does not read.</exception>
    public async Task FlushAsync(CancellationToken patience)
    {
        var flushed = await response.BodyWriter.FlushAsync(patience).ConfigureAwait(false);
        if (flushed.IsCompleted)
        {
            throw new OperationCanceledException("The client is gone.", cancelled);
        }
    }
}
