using Wire.Grpc;
using Wire.Workflow;

namespace Tests.Unit.Wire;

/// <summary>Frames that no gRPC client should send: each is answered, and the next call works.</summary>
public sealed class MalformedFramesTests
{
    private const string Path = "/TaskHubSidecarService/GetInstance";
    private static readonly GetInstanceRequest Message = new() { InstanceId = "order-1" };

    public static TheoryData<string, byte[], string?, string, string> Frames => new()
    {
        { "nothing", [], null, "13", "grpc: the request has no message" },
        { "cut in the prefix", [0, 0], null, "13", "grpc: the request ends inside a message" },
        { "cut in the message", GrpcPeer.Frame(Message, length: 50), null, "13", "grpc: the request ends inside a message" },
        { "compressed without saying how", GrpcPeer.Frame(Message, flag: 1), null, "13", "grpc: compressed flag set with identity or empty encoding" },
        { "an unknown flag", GrpcPeer.Frame(Message, flag: 7), null, "13", "grpc: received unexpected payload format 7" },
        { "a compression that is not offered", GrpcPeer.Frame(Message, flag: 1), "gzip", "12", "grpc: Decompressor is not installed for grpc-encoding \"gzip\"" },
        { "larger than allowed", GrpcPeer.Frame(Message, length: 5_000_040), null, "8", "grpc: received message larger than max (5000040 vs. 4194304)" },
        { "two messages", [.. GrpcPeer.Frame(Message), .. GrpcPeer.Frame(Message)], null, "13", "grpc: the request goes on after its message" },
        { "not this message", [0, 0, 0, 0, 3, 10, 200, 1], null, "13", "grpc: error unmarshalling message" },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task Each_is_answered_and_the_next_call_works(string what, byte[] body, string? encoding, string status, string message)
    {
        await using var peer = await GrpcPeer.StartAsync(server => server.Map(
            TaskHub.GetInstance, (_, _) => Task.FromResult(new GetInstanceResponse { Exists = true })));

        var answer = await peer.SendRawAsync(Path, body, encoding);

        answer.Status.ShouldBe(status, what);
        answer.Message.ShouldStartWith(message, customMessage: what);
        (await peer.Channel.CallAsync(TaskHub.GetInstance, Message)).Exists.ShouldBeTrue();
    }

    [Theory]
    [InlineData("100m", 100)]
    [InlineData("2S", 2_000)]
    [InlineData("3M", 180_000)]
    [InlineData("1H", 3_600_000)]
    [InlineData("5000000n", 5)]
    [InlineData("7000u", 7)]
    public void A_deadline_is_read(string text, int milliseconds) =>
        GrpcDeadline.Parse(text).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("1x")]
    [InlineData("123456789S")]
    [InlineData("99999999H")]
    public void A_deadline_that_cannot_be_read_does_not_count(string text) => GrpcDeadline.Parse(text).ShouldBeNull();
}
