using System.Diagnostics;
using OpenTelemetry.Trace;
using ServiceDefaults.Hosting;

namespace ServiceDefaults.Telemetry;

/// <summary>
/// What is never traced, whatever the sampler: probes, scrapes, and what Dapr asks every app at its start. There are thousands an hour of them, and
/// none is anybody's request.
/// </summary>
internal sealed class AppSampler(Sampler sampler) : Sampler
{
    private static readonly string[] Paths = [HealthPaths.Ready, HealthPaths.Live, "/metrics"];
    private static readonly string[] Folders = ["/dapr/", "/openapi/"];

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Server && IsUntraced(TagOf(samplingParameters, "url.path"))
            ? new SamplingResult(SamplingDecision.Drop)
            : sampler.ShouldSample(samplingParameters);

    /// <summary>What the span says as it begins; null where it does not.</summary>
    public static string? TagOf(in SamplingParameters parameters, string name)
    {
        foreach (var (key, value) in parameters.Tags ?? [])
        {
            if (key == name)
            {
                return value as string;
            }
        }

        return null;
    }

    private static bool IsUntraced(string? path) =>
        path is not null && (Paths.Contains(path) || Folders.Any(f => path.StartsWith(f, StringComparison.Ordinal)));
}

/// <summary>
/// A trace begins with a request or with a job that has a name. What a loop asks others by itself (polls of feeds, streams of work, publishes of
/// many orders' messages) is nobody's in particular: it begins none, here or, since its calls say so, anywhere else.
/// </summary>
internal sealed class RootSampler(Sampler sampler) : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Client && samplingParameters.ParentContext.TraceId == default
            ? new SamplingResult(SamplingDecision.Drop)
            : sampler.ShouldSample(samplingParameters);
}
