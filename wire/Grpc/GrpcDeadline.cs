using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Wire.Grpc;

/// <summary>The client's deadline, header <c>grpc-timeout</c>: at most eight digits and a unit. Source: "gRPC over HTTP2", "Timeout".</summary>
internal static class GrpcDeadline
{
    /// <summary>A source that is cancelled at the deadline or when the request is aborted; null where the client set no deadline.</summary>
    public static CancellationTokenSource? Of(HttpContext http)
    {
        if (Parse(http.Request.Headers.GrpcTimeout.ToString()) is not { } timeout)
        {
            return null;
        }

        var source = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        source.CancelAfter(timeout);
        return source;
    }

    /// <summary>The time that <paramref name="text"/> names; null for none, and for what cannot be read, which then does not count.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length is < 2 or > 9
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            return null;
        }

        var ticks = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0L,
            _ => -1L,
        };
        if (ticks < 0)
        {
            return null;
        }

        // 24 days is the longest that a timer takes; a longer deadline is none for any practical purpose.
        var timeout = ticks == 0 ? TimeSpan.FromTicks(amount / TimeSpan.NanosecondsPerTick) : TimeSpan.FromTicks(amount * ticks);
        return timeout.TotalMilliseconds < int.MaxValue ? timeout : null;
    }
}
