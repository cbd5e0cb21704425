using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using Grpc.Core;

namespace Wire.Grpc;

/// <summary>
/// Length-prefixed messages: one byte "compressed", four bytes length (big endian), the message.
/// Source: "gRPC over HTTP2" (grpc/doc/PROTOCOL-HTTP2.md). Compression is not offered, so no peer may use it.
/// </summary>
internal static class GrpcFraming
{
    /// <summary>Bytes before each message.</summary>
    public const int PrefixLength = 5;

    /// <summary>Appends a message with its prefix.</summary>
    /// <exception cref="RpcException">ResourceExhausted: the message is larger than <paramref name="bytesMax"/>.</exception>
    public static void Write(IBufferWriter<byte> output, IMessage message, int bytesMax)
    {
        var length = message.CalculateSize();
        if (length > bytesMax)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, $"trying to send message larger than max ({length} vs. {bytesMax})"));
        }

        var prefix = output.GetSpan(PrefixLength);
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], (uint)length);
        output.Advance(PrefixLength);
        message.WriteTo(output);
    }

    /// <summary>Takes one whole message off the front of <paramref name="buffer"/>; false while it has not all arrived.</summary>
    /// <exception cref="RpcException">The frame cannot be read, or is larger than <paramref name="bytesMax"/>.</exception>
    public static bool TryRead<T>(ref ReadOnlySequence<byte> buffer, MessageParser<T> parser, int bytesMax, out T? message)
        where T : class, IMessage<T>
    {
        message = null;
        if (buffer.Length < PrefixLength)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        if (prefix[0] != 0)
        {
            throw prefix[0] == 1
                ? new RpcException(new Status(StatusCode.Internal, "grpc: compressed flag set with identity or empty encoding"))
                : new RpcException(new Status(StatusCode.Internal, $"grpc: received unexpected payload format {prefix[0]}"));
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > bytesMax)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, $"grpc: received message larger than max ({length} vs. {bytesMax})"));
        }

        if (buffer.Length < PrefixLength + length)
        {
            return false;
        }

        try
        {
            message = parser.ParseFrom(buffer.Slice(PrefixLength, length));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"grpc: error unmarshalling message: {e.Message}", e));
        }

        buffer = buffer.Slice(PrefixLength + length);
        return true;
    }
}
