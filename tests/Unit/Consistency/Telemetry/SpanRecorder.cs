using System.Collections.Concurrent;
using System.Diagnostics;
using Consistency.Telemetry;

namespace Tests.Unit.Consistency.Telemetry;

/// <summary>
/// An exporter that remembers. Every test has traces of its own and looks only at those, because all tests of a process share the source.
/// </summary>
internal sealed class SpanRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> ended = new();
    private readonly ActivityListener listener;

    public SpanRecorder()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Span.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                // As exporters do.
                if (span.Recorded)
                {
                    ended.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>A context of a new trace: what a request left behind.</summary>
    public static string NewTrace(bool isSampled = true) =>
        $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-{(isSampled ? "01" : "00")}";

    public static string IdIn(string traceparent) => traceparent.Split('-')[2];

    /// <summary>Spans of a trace that have ended, in that order.</summary>
    public IReadOnlyList<Activity> Of(string traceparent) => [.. ended.Where(s => s.TraceId.ToHexString() == traceparent.Split('-')[1])];

    /// <summary>Spans that link to one.</summary>
    public IReadOnlyList<Activity> LinkedTo(ActivityContext context) => [.. ended.Where(s => s.Links.Any(l => l.Context.SpanId == context.SpanId))];

    public Activity? Find(ActivityContext context) => ended.FirstOrDefault(s => s.SpanId == context.SpanId);

    public void Dispose() => listener.Dispose();
}

/// <summary>A request that is current while a test does something, as ASP.NET's would be.</summary>
internal sealed class CurrentRequest : IDisposable
{
    private readonly Activity request;

    public CurrentRequest(string? traceparent = null) => request = new Activity("request")
        .SetParentId(traceparent ?? SpanRecorder.NewTrace()).Start();

    public string Traceparent => request.Id!;

    public ActivityContext Context => request.Context;

    public void Dispose() => request.Dispose();
}
