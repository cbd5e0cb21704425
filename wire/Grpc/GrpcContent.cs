using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Wire.Grpc;

/// <summary>A request's one message.</summary>
internal sealed class GrpcContent : HttpContent
{
    private static readonly MediaTypeHeaderValue ContentType = new("application/grpc");

    private readonly ArrayBufferWriter<byte> frame;

    public GrpcContent(IMessage message)
    {
        // The receiver judges the size of what it gets, so that its own limit counts.
        frame = new ArrayBufferWriter<byte>(GrpcFraming.PrefixLength + message.CalculateSize());
        GrpcFraming.Write(frame, message, int.MaxValue);
        Headers.ContentType = ContentType;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        stream.WriteAsync(frame.WrittenMemory).AsTask();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(frame.WrittenMemory, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        // Unknown on purpose: gRPC requests carry no content-length.
        length = 0;
        return false;
    }
}
