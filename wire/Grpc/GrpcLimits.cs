namespace Wire.Grpc;

/// <summary>Limits of the gRPC framing.</summary>
public static class GrpcLimits
{
    /// <summary>Largest message in bytes, both ways: what Dapr and most gRPC implementations default to (4 MiB).</summary>
    public const int MessageBytesMax = 4 * 1024 * 1024;

    /// <summary>How long connecting to a server may take. On a loopback or a cluster network it takes milliseconds.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Quiet time after which a client asks whether the connection still lives; daprd ends clients that ask more often than every 8 s.
    /// </summary>
    public static readonly TimeSpan KeepAliveDelay = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer to that may take.</summary>
    public static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(5);
}
