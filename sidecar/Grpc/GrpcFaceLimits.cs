namespace Sidecar.Grpc;

/// <summary>The gRPC face's limits, each with the sketch that chose it.</summary>
internal static class GrpcFaceLimits
{
    /// <summary>
    /// Calls at once on one connection. Dapr has no limit; SDKs put worker and client on one connection, and grpc-js holds back what is
    /// over the limit, so that a hundred waits (the web server's default) would hold back the completions that end them.
    /// </summary>
    public const int StreamsMax = 1_000_000;

    /// <summary>Quiet time after which the client is asked whether it still lives, as Dapr does.</summary>
    public static readonly TimeSpan KeepAliveDelay = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the answer to that may take. Dapr waits 5 s; a worker in one long computation of JavaScript cannot answer meanwhile, and
    /// to take its work away would only make it begin again, so this is longer. A dead peer on this machine is noticed by its socket.
    /// </summary>
    public static readonly TimeSpan KeepAliveAnswer = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection without calls is kept, as Dapr keeps it.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Work items put into one flush. They are about 1 KiB each, so this is a packet or two on a loopback, while the first of them
    /// waits for no more than some 0.1 ms of encoding.
    /// </summary>
    public const int FlushItemsMax = 64;

    /// <summary>How long a worker may leave its stream unread before it loses the stream, and others get its work; Dapr's figure.</summary>
    public static readonly TimeSpan Send = TimeSpan.FromSeconds(10);
}
