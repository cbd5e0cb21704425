using System.Buffers.Binary;
using System.Text;

namespace Cli.Fuzz;

/// <summary>Makes the bytes of an HTTP/2 connection with one gRPC call, right in most parts and wrong in some.</summary>
internal static class GrpcMutation
{
    private const int MessageMax = 4_000;

    private static readonly string[] Paths =
    [
        "/TaskHubSidecarService/Hello", "/TaskHubSidecarService/GetInstance", "/TaskHubSidecarService/RaiseEvent", "/TaskHubSidecarService/TerminateInstance",
        "/TaskHubSidecarService/PurgeInstances", "/TaskHubSidecarService/CompleteActivityTask", "/TaskHubSidecarService/CompleteOrchestratorTask",
        "/TaskHubSidecarService/GetInstanceHistory", "/dapr.proto.runtime.v1.Dapr/GetState", "/dapr.proto.runtime.v1.Dapr/SaveState",
        "/dapr.proto.runtime.v1.Dapr/GetBulkState", "/dapr.proto.runtime.v1.Dapr/DeleteState", "/dapr.proto.runtime.v1.Dapr/ExecuteStateTransaction",
        "/dapr.proto.runtime.v1.Dapr/GetMetadata", "/dapr.proto.runtime.v1.Dapr/SetMetadata", "/dapr.proto.runtime.v1.Dapr/InvokeBinding",
        "/dapr.proto.runtime.v1.Dapr/GetWorkflowBeta1", "/dapr.proto.runtime.v1.Dapr/PauseWorkflowBeta1", "/dapr.proto.runtime.v1.Dapr/PublishEvent",
        "/dapr.proto.runtime.v1.Dapr/NoSuch", "/", "", "/x/y/z",
    ];

    public static FuzzRequest Of(FuzzTarget target, Random random)
    {
        List<byte> bytes = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8];
        Frame(bytes, type: 4, flags: 0, stream: 0, random.Next(30) == 0 ? Noise(random, 7) : []);
        Frame(bytes, type: 1, flags: 4, stream: 1, HeaderBlock(target, random));
        var message = Message(random);
        byte[] framed = [random.Next(20) == 0 ? (byte)1 : (byte)0, 0, 0, 0, 0, .. message];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), random.Next(15) == 0 ? random.Next() : message.Length);
        Frame(bytes, type: 0, flags: 1, stream: random.Next(40) == 0 ? random.Next(1, 9) : 1, framed);
        for (var more = random.Next(30) == 0 ? random.Next(1, 20) : 0; more > 0; more--)
        {
            Frame(bytes, random.Next(12), random.Next(256), random.Next(4), Noise(random, random.Next(40)));
        }

        var all = bytes.ToArray();
        if (random.Next(8) == 0)
        {
            for (var times = random.Next(1, 6); times > 0; times--)
            {
                all[random.Next(all.Length)] = (byte)random.Next(256);
            }
        }

        return new FuzzRequest(target, random.Next(30) == 0 ? all[..random.Next(1, all.Length)] : all);
    }

    private static byte[] Message(Random random)
    {
        var message = new List<byte>();
        for (var fields = random.Next(6); fields > 0; fields--)
        {
            message.Add((byte)((random.Next(1, 12) << 3) | (random.Next(6) == 0 ? random.Next(8) : 2)));
            var text = random.Next(4) == 0 ? Noise(random, random.Next(MessageMax)) : Encoding.ASCII.GetBytes(random.Next(2) == 0 ? "statestore" : "fuzz-1");
            for (var rest = random.Next(12) == 0 ? random.Next() : text.Length; ; rest >>= 7)
            {
                message.Add((byte)(rest < 0x80 ? rest : (rest & 0x7f) | 0x80));
                if (rest < 0x80)
                {
                    break;
                }
            }

            message.AddRange(text);
        }

        return [.. message];
    }

    private static byte[] HeaderBlock(FuzzTarget target, Random random)
    {
        var block = new List<byte>();
        Header(block, ":method", random.Next(40) == 0 ? "GET" : "POST");
        Header(block, ":scheme", "http");
        Header(block, ":path", Paths[random.Next(Paths.Length)]);
        Header(block, ":authority", target.Address.Authority);
        Header(block, "content-type", random.Next(20) == 0 ? "application/json" : "application/grpc");
        Header(block, "te", "trailers");
        // What waits, waits this long.
        Header(block, "grpc-timeout", random.Next(10) == 0 ? "xyz" : "1S");
        if (target.Secret is { } secret && random.Next(10) != 0)
        {
            Header(block, secret.Name.ToLowerInvariant(), secret.Value);
        }

        if (random.Next(5) == 0)
        {
            Header(block, random.Next(2) == 0 ? "grpc-encoding" : "x-bin", new string('z', random.Next(100)));
        }

        return [.. block];
    }

    // RFC 7541, section 6.2.2: a literal without indexing, nothing compressed.
    private static void Header(List<byte> block, string name, string value)
    {
        block.Add(0);
        Text(block, name);
        Text(block, value);
    }

    private static void Text(List<byte> block, string text)
    {
        if (text.Length < 127)
        {
            block.Add((byte)text.Length);
        }
        else
        {
            block.Add(127);
            for (var rest = text.Length - 127; ; rest >>= 7)
            {
                block.Add((byte)(rest < 0x80 ? rest : (rest & 0x7f) | 0x80));
                if (rest < 0x80)
                {
                    break;
                }
            }
        }

        block.AddRange(Encoding.Latin1.GetBytes(text));
    }

    private static void Frame(List<byte> to, int type, int flags, int stream, byte[] payload)
    {
        to.AddRange([(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, (byte)flags]);
        to.AddRange([0, 0, 0, (byte)stream]);
        to.AddRange(payload);
    }

    private static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
