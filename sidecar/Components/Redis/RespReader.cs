using System.Buffers;
using System.Buffers.Text;

namespace Sidecar.Components.Redis;

/// <summary>Reads RESP2 replies from whatever part of them has arrived.</summary>
internal static class RespReader
{
    /// <summary>
    /// Takes one whole reply from the front of <paramref name="buffer"/>; false, with the buffer unchanged, where it is not complete yet.
    /// </summary>
    /// <exception cref="RespFormatException">This is not RESP2, or larger than the limits.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out RespValue value)
    {
        // First without building anything: a large reply arrives in many parts, and is looked at after each.
        var probe = new SequenceReader<byte>(buffer);
        if (!TrySkip(ref probe, depth: 0))
        {
            value = default;
            return false;
        }
        var reader = new SequenceReader<byte>(buffer);
        value = Read(ref reader);
        buffer = buffer.Slice(reader.Position);
        return true;
    }

    private static bool TrySkip(ref SequenceReader<byte> reader, int depth)
    {
        if (!TryReadLine(ref reader, out var kind, out var line))
        {
            return false;
        }
        switch (kind)
        {
            case (byte)'+' or (byte)'-':
                return true;
            case (byte)':':
                NumberOf(line);
                return true;
            case (byte)'$':
                var length = LengthOf(line, RedisLimits.ReplyBytesMax);
                if (length < 0)
                {
                    return true;
                }
                if (reader.Remaining < length + 2)
                {
                    return false;
                }
                reader.Advance(length);
                if (!reader.IsNext("\r\n"u8, advancePast: true))
                {
                    throw new RespFormatException("a bulk string does not end where it should");
                }
                return true;
            case (byte)'*':
                if (depth == RedisLimits.ReplyDepthMax)
                {
                    throw new RespFormatException($"arrays are nested deeper than {RedisLimits.ReplyDepthMax}");
                }
                for (var left = LengthOf(line, RedisLimits.ReplyItemsMax); left > 0; left--)
                {
                    if (!TrySkip(ref reader, depth + 1))
                    {
                        return false;
                    }
                }
                return true;
            default:
                throw new RespFormatException($"0x{kind:x2} begins no RESP2 reply");
        }
    }

    // What TrySkip has looked at: complete and well-formed.
    private static RespValue Read(ref SequenceReader<byte> reader)
    {
        TryReadLine(ref reader, out var kind, out var line);
        switch (kind)
        {
            case (byte)':':
                return new(RespKind.Number, NumberOf(line), default, null);
            case (byte)'$':
                var length = LengthOf(line, RedisLimits.ReplyBytesMax);
                if (length < 0)
                {
                    return default;
                }
                var bytes = reader.UnreadSequence.Slice(0, length).ToArray();
                reader.Advance(length + 2);
                return new(RespKind.Bytes, 0, bytes, null);
            case (byte)'*':
                var count = LengthOf(line, RedisLimits.ReplyItemsMax);
                if (count < 0)
                {
                    return default;
                }
                var items = new RespValue[count];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = Read(ref reader);
                }
                return new(RespKind.Items, 0, default, items);
            default:
                return new(kind == (byte)'-' ? RespKind.Error : RespKind.Bytes, 0, line.ToArray(), null);
        }
    }

    private static bool TryReadLine(ref SequenceReader<byte> reader, out byte kind, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (!reader.TryRead(out kind))
        {
            return false;
        }
        if (reader.TryReadTo(out line, "\r\n"u8))
        {
            return true;
        }
        return reader.Remaining <= RedisLimits.ReplyLineMax
            ? false
            : throw new RespFormatException($"a line is longer than {RedisLimits.ReplyLineMax} bytes");
    }

    private static long LengthOf(in ReadOnlySequence<byte> line, long max)
    {
        var length = NumberOf(line);
        return length >= -1 && length <= max ? length : throw new RespFormatException($"{length} is not a length from -1 to {max}");
    }

    private static long NumberOf(in ReadOnlySequence<byte> line)
    {
        Span<byte> digits = stackalloc byte[20]; // the longest long, with its sign
        if (line.Length <= digits.Length)
        {
            line.CopyTo(digits);
            if (Utf8Parser.TryParse(digits[..(int)line.Length], out long number, out var consumed) && consumed == line.Length)
            {
                return number;
            }
        }
        throw new RespFormatException("a number is malformed");
    }
}
