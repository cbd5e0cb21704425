using System.Text.Json;
using Tests.Contract.Hosting;
using Tests.Contract.Recorded;

namespace Tests.Contract.Telemetry;

/// <summary>The requests of the recording "h_tracing_metrics" lead to the spans that daprd 1.18.3 sent to Zipkin for them.</summary>
public sealed class RecordedSpanTests
{
    // The only value that is different for every connection.
    private const string PortTag = "server.port";

    private static readonly RecordedScene Scene = RecordedScene.All["h_tracing_metrics"];

    [Fact]
    public async Task each_request_leads_to_the_recorded_spans_and_no_others()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("DAPR_HTTP_ENDPOINT") is { Length: > 0 }, "DAPR_HTTP_ENDPOINT is set: its spans go elsewhere");
        await using var zipkin = await FakeZipkin.StartAsync();
        await using var stage = await Stage.StartAsync(Stages.Of(Scene) with { Zipkin = zipkin.Address }, "in-memory", redis: null);
        await stage.StartAppsAsync();
        var expected = 0;
        foreach (var entry in Scene.Entries)
        {
            foreach (var app in stage.Apps)
            {
                if (entry.Reply is { } reply)
                {
                    app.Script(reply);
                }
            }
            foreach (var before in entry.Before)
            {
                await SendAsync(stage, before);
                expected++;
            }
            var known = zipkin.Spans.Count;
            var answer = await SendAsync(stage, entry.Request!);
            expected += entry.Spans.Count;
            await Eventually.HoldsAsync(
                () => Task.FromResult(zipkin.Spans.Count >= expected), () => $"{entry.Title}: {zipkin.Spans.Count} of {expected} spans came.");
            var found = answer.Headers.TryGetValue("Traceparent", out var parent)
                ? zipkin.Spans.Skip(known).Where(s => s.TraceId == parent.Split('-')[1]).ToList()
                : [];
            Compare(entry, found, answer);
        }
        // What should not have been sent would have come with the last ones.
        await SendAsync(stage, Scene.Entries[0].Request!);
        await Eventually.HoldsAsync(() => Task.FromResult(zipkin.Spans.Count >= expected + 2), () => "The last spans did not come.");
        zipkin.Spans.Count.ShouldBe(expected + 2);
    }

    private static Task<Answer> SendAsync(Stage stage, RecordedRequest request) => stage.Client(null).SendAsync(
        HttpMethod.Parse(request.Method), request.Path, request.Body, request.Headers?.Select(static h => (h.Key, h.Value)).ToArray() ?? []);

    private static void Compare(RecordedEntry entry, IReadOnlyList<ZipkinSpan> found, Answer answer)
    {
        var recorded = entry.Spans.Select(static s => new ZipkinSpan(s)).ToList();
        // They arrive in the order in which they end, from two sidecars.
        var pairs = recorded.Select(r => (Recorded: r, Found: found.SingleOrDefault(f => f.Short == r.Short).ShouldNotBeNull($"{entry.Title}: {r.Short}"))).ToList();
        found.Count.ShouldBe(recorded.Count, entry.Title);
        var ids = pairs.ToDictionary(static p => p.Recorded.Id, static p => p.Found.Id);
        foreach (var (one, other) in pairs)
        {
            Sorted(other.Tags).ShouldBe(Sorted(one.Tags), $"{entry.Title}: tags of {one.Short}");
            other.Tags.ContainsKey(PortTag).ShouldBe(one.Kind is "CLIENT" && one.Tags.ContainsKey("server.address"), entry.Title);
            other.Remote.ShouldBe(one.Remote, entry.Title);
            // The parent is another span of the entry, or what the request named, or none.
            other.ParentId.ShouldBe(one.ParentId is null ? null : ids.GetValueOrDefault(one.ParentId, one.ParentId), entry.Title);
            Fields(other.Json).ShouldBe([.. Fields(one.Json).Append("timestamp").Append("duration").Append("traceId").Order(StringComparer.Ordinal)], entry.Title);
        }
        if (pairs is [var first, ..])
        {
            answer.Headers["Traceparent"].ShouldContain(first.Found.Id);
        }
    }

    private static IEnumerable<string> Sorted(Dictionary<string, string> tags) =>
        tags.Where(static t => t.Key != PortTag).Select(static t => $"{t.Key}={t.Value}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Fields(JsonElement span) => span.EnumerateObject().Select(static f => f.Name).Order(StringComparer.Ordinal);
}
