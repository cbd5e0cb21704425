using System.Buffers;
using System.Text;
using Sidecar.Components.Redis;

namespace Tests.Unit.Sidecar.Components.Redis;

public sealed class RespTests
{
    private const int FuzzSeed = 20261121;

    [Theory]
    [InlineData("+OK\r\n", "OK")]
    [InlineData("-ERR no\r\n", "!ERR no")]
    [InlineData(":-12\r\n", "-12")]
    [InlineData("$0\r\n\r\n", "")]
    [InlineData("$4\r\na\r\nb\r\n", "a\r\nb")]
    [InlineData("$-1\r\n", "nil")]
    [InlineData("*-1\r\n", "nil")]
    [InlineData("*0\r\n", "[]")]
    [InlineData("*3\r\n:1\r\n*2\r\n$1\r\nx\r\n$-1\r\n+y\r\n", "[1,[x,nil],y]")]
    [InlineData("*1\r\n-ERR inside\r\n", "[!ERR inside]")]
    public void every_kind_of_reply_is_read(string wire, string expected)
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(wire + "+next\r\n"));

        RespReader.TryRead(ref buffer, out var value).ShouldBeTrue();

        Show(value).ShouldBe(expected);
        RespReader.TryRead(ref buffer, out var next).ShouldBeTrue();
        Show(next).ShouldBe("next");
        buffer.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("hello\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$3\r\nabcd\r\n")]
    [InlineData("$99999999999999999999999\r\n")]
    [InlineData("*999999999\r\n")]
    [InlineData(":\r\n")]
    [InlineData(":1a\r\n")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n")]
    public void what_is_not_resp_is_refused(string wire)
    {
        Should.Throw<RespFormatException>(() =>
        {
            var buffer = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(wire));
            RespReader.TryRead(ref buffer, out _);
        });
    }

    [Fact]
    public void a_line_without_an_end_is_refused_before_it_fills_the_memory()
    {
        var endless = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes("+" + new string('x', RedisLimits.ReplyLineMax + 1)));

        Should.Throw<RespFormatException>(() => RespReader.TryRead(ref endless, out _));
    }

    [Fact]
    public void a_stream_cut_anywhere_gives_the_same_replies()
    {
        var random = new Random(FuzzSeed);
        for (var round = 0; round < 300; round++)
        {
            var wire = new StringBuilder();
            var expected = new List<string>();
            for (var i = 0; i < 1 + random.Next(5); i++)
            {
                expected.Add(Write(wire, random, depth: 0));
            }
            var bytes = Encoding.UTF8.GetBytes(wire.ToString());

            Replies(bytes, random).ShouldBe(expected, $"seed {FuzzSeed}, round {round}");
        }
    }

    [Fact]
    public void bytes_that_are_changed_anywhere_are_read_or_refused_but_never_crash()
    {
        var random = new Random(FuzzSeed);
        for (var round = 0; round < 3_000; round++)
        {
            var wire = new StringBuilder();
            Write(wire, random, depth: 0);
            var bytes = Encoding.UTF8.GetBytes(wire.ToString());
            for (var i = 0; i <= random.Next(3); i++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                Replies(bytes, random);
            }
            catch (RespFormatException)
            {
                // Told as what it is.
            }
        }
    }

    [Fact]
    public void commands_are_arrays_of_bulk_strings()
    {
        var written = new ArrayBufferWriter<byte>();

        RedisArgument.Write(written, ["SET", "ключ", new ReadOnlyMemory<byte>([0, 13, 10, 255]), -7]);

        Convert.ToHexString(written.WrittenSpan).ShouldBe(Convert.ToHexString(
            [.. "*4\r\n$3\r\nSET\r\n$8\r\n"u8, .. Encoding.UTF8.GetBytes("ключ"), .. "\r\n$4\r\n"u8, 0, 13, 10, 255, .. "\r\n$2\r\n-7\r\n"u8]));
    }

    // Feeds the bytes in random parts, each in a segment of its own, as they come from a socket.
    private static List<string> Replies(byte[] bytes, Random random)
    {
        var replies = new List<string>();
        Segment? first = null, last = null;
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(1 + random.Next(random.Next(2) == 0 ? 3 : 40), bytes.Length - at);
            last = new Segment(bytes.AsMemory(at, length), last);
            first ??= last;
            at += length;
            var buffer = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
            while (RespReader.TryRead(ref buffer, out var value))
            {
                replies.Add(Show(value));
            }
            first = last = buffer.IsEmpty ? null : new Segment(buffer.ToArray(), null);
        }
        return replies;
    }

    private static string Write(StringBuilder wire, Random random, int depth)
    {
        switch (random.Next(depth < 4 ? 7 : 5))
        {
            case 0:
                wire.Append("+PONG\r\n");
                return "PONG";
            case 1:
                wire.Append("-NOGROUP none\r\n");
                return "!NOGROUP none";
            case 2:
                var number = random.NextInt64(long.MinValue, long.MaxValue);
                wire.Append($":{number}\r\n");
                return $"{number}";
            case 3:
                wire.Append("$-1\r\n");
                return "nil";
            case 4:
                var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => "\r\n$*:+-0é"[random.Next(9)]));
                wire.Append($"${Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n");
                return text;
            default:
                var count = random.Next(4);
                wire.Append($"*{count}\r\n");
                var items = new List<string>();
                for (var i = 0; i < count; i++)
                {
                    items.Add(Write(wire, random, depth + 1));
                }
                return $"[{string.Join(',', items)}]";
        }
    }

    private static string Show(RespValue value) => value.Kind switch
    {
        RespKind.Null => "nil",
        RespKind.Error => "!" + value.Text,
        RespKind.Items => $"[{string.Join(',', value.Array.Select(Show))}]",
        _ => value.Text,
    };

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
