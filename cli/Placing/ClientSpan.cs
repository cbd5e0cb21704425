using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Cli.Placing;

/// <summary>The request of this command as a span: the root of the order's trace, always sampled.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Start">When.</param>
internal sealed record ClientSpan(string Name, DateTimeOffset Start)
{
    private const string Service = "cli";

    private readonly ActivitySpanId id = ActivitySpanId.CreateRandom();

    private ActivityTraceId Trace { get; } = ActivityTraceId.CreateRandom();

    /// <summary>32 hexadecimal digits.</summary>
    public string TraceId => Trace.ToHexString();

    /// <summary>What the request carries (W3C Trace Context): sampled, so that every service shows its part.</summary>
    public string Traceparent => $"00-{TraceId}-{id.ToHexString()}-01";

    /// <summary>Sends it to the collector. False where nobody takes it: a trace without its root can still be read.</summary>
    public async Task<bool> ReportAsync(Uri collector, TimeSpan duration, string? orderId, CancellationToken cancellation)
    {
        var span = new JsonObject
        {
            ["traceId"] = TraceId,
            ["id"] = id.ToHexString(),
            ["kind"] = "CLIENT",
            ["name"] = Name,
            ["timestamp"] = (Start - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
            ["duration"] = Math.Max(1, duration.Ticks / TimeSpan.TicksPerMicrosecond),
            ["localEndpoint"] = new JsonObject { ["serviceName"] = Service },
            ["tags"] = orderId is null ? new JsonObject { ["error"] = "refused" } : new JsonObject { ["order.id"] = orderId },
        };
        using var http = new HttpClient { Timeout = Limits.Connect };
        try
        {
            using var answer = await http.PostAsJsonAsync(collector, new JsonArray(span), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }
}
