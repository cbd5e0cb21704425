using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sidecar.Components.Redis;

/// <summary>One word of a command: text, bytes or a number. A command is an array of them, its name first.</summary>
internal readonly struct RedisArgument
{
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _bytes;

    private RedisArgument(string? text, ReadOnlyMemory<byte> bytes) => (_text, _bytes) = (text, bytes);

    /// <summary>Text, sent as UTF-8.</summary>
    public static implicit operator RedisArgument(string text) => new(text, default);

    /// <summary>Bytes; they must not change until the command has been sent.</summary>
    public static implicit operator RedisArgument(ReadOnlyMemory<byte> bytes) => new(null, bytes);

    /// <summary>A number, sent in digits.</summary>
    public static implicit operator RedisArgument(long number) => new(number.ToString(), default);

    /// <summary>Writes a command as an array of bulk strings, the only form in which clients send.</summary>
    public static void Write(IBufferWriter<byte> to, ReadOnlySpan<RedisArgument> command)
    {
        WriteHeader(to, (byte)'*', command.Length);
        foreach (var argument in command)
        {
            argument.Write(to);
        }
    }

    private void Write(IBufferWriter<byte> to)
    {
        if (_text is null)
        {
            WriteHeader(to, (byte)'$', _bytes.Length);
            to.Write(_bytes.Span);
        }
        else
        {
            WriteHeader(to, (byte)'$', Encoding.UTF8.GetByteCount(_text));
            Encoding.UTF8.GetBytes(_text, to);
        }
        to.Write("\r\n"u8);
    }

    private static void WriteHeader(IBufferWriter<byte> to, byte kind, int number)
    {
        var span = to.GetSpan(16);
        span[0] = kind;
        Utf8Formatter.TryFormat(number, span[1..], out var written);
        "\r\n"u8.CopyTo(span[(written + 1)..]);
        to.Advance(written + 3);
    }
}
