namespace Cli.Fuzz;

/// <summary>Reads as much of HTTP/2 frames as tells how a call ended. Source: RFC 9113, section 4.1; RFC 7541, appendix A.</summary>
internal static class Http2Answer
{
    private const int FrameHead = 9;
    private const int Headers = 1;
    private const int Reset = 3;
    private const int GoAway = 7;
    private const int EndStream = 1;

    // The static table's entries for :status, as a server's first header field.
    private static readonly Dictionary<byte, int> Statuses = new()
    {
        [0x88] = 200, [0x89] = 204, [0x8a] = 206, [0x8b] = 304, [0x8c] = 400, [0x8d] = 404, [0x8e] = 500,
    };

    /// <summary>True once the stream, or the connection, was ended.</summary>
    public static bool IsComplete(ReadOnlySpan<byte> received)
    {
        while (received.Length >= FrameHead)
        {
            if (received[3] is Reset or GoAway || (received[3] == Headers && (received[4] & EndStream) != 0))
            {
                return true;
            }

            received = Next(received);
        }

        return false;
    }

    /// <summary>The status of the first answer; null where there is none, or it is a rare one.</summary>
    public static int? StatusOf(ReadOnlySpan<byte> received)
    {
        while (received.Length > FrameHead)
        {
            if (received[3] == Headers)
            {
                return Statuses.TryGetValue(received[FrameHead], out var status) ? status : null;
            }

            received = Next(received);
        }

        return null;
    }

    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> at) =>
        at[Math.Min(at.Length, FrameHead + ((at[0] << 16) | (at[1] << 8) | at[2]))..];
}
