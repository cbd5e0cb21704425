using System.Diagnostics;
using OpenTelemetry.Trace;

namespace ServiceDefaults.Telemetry;

/// <summary>
/// Begins so many traces a second and no more: what load tracing adds does not grow with the load, and where there is little, all of it is traced.
/// A second's worth may come at once (token bucket). Requests that change something may take all of it; reads, which clients repeat while they wait,
/// and what the app does by itself leave half of it, so that they never keep an order from being traced.
/// </summary>
public sealed class RateLimitingSampler : Sampler
{
    private static readonly string[] Writes = ["POST", "PUT", "PATCH", "DELETE"];

    private readonly Lock bucket = new();
    private readonly TimeProvider time;
    private readonly double perSecond;
    private readonly double capacity;
    private double tokens;
    private long filledAt;

    /// <param name="perSecond">New traces a second; less than 1 for fewer.</param>
    /// <param name="time">Clock.</param>
    public RateLimitingSampler(double perSecond, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perSecond);
        this.perSecond = perSecond;
        this.time = time;
        capacity = Math.Max(1, perSecond);
        tokens = perSecond > 0 ? capacity : 0;
        filledAt = time.GetTimestamp();
        Description = FormattableString.Invariant($"RateLimitingSampler{{{perSecond}}}");
    }

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var left = IsWrite(samplingParameters) ? 0 : Math.Floor(capacity / 2);
        lock (bucket)
        {
            var now = time.GetTimestamp();
            tokens = Math.Min(capacity, tokens + (time.GetElapsedTime(filledAt, now).TotalSeconds * perSecond));
            filledAt = now;
            if (tokens < 1 + left)
            {
                return new SamplingResult(SamplingDecision.Drop);
            }

            tokens--;
            return new SamplingResult(SamplingDecision.RecordAndSample);
        }
    }

    private static bool IsWrite(in SamplingParameters parameters) =>
        parameters.Kind == ActivityKind.Server && Array.IndexOf(Writes, AppSampler.TagOf(parameters, "http.request.method")) >= 0;
}
