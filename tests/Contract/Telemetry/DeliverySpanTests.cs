using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Resources;
using Sidecar.Telemetry;
using Tests.Contract.PubSub;

namespace Tests.Contract.Telemetry;

/// <summary>The spans of publishing and delivering. Source of names and kinds: Dapr 1.18.3, pkg/runtime/subscription/postman/http.</summary>
public sealed class DeliverySpanTests : IAsyncLifetime
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";
    private const string Sampled = $"00-{TraceId}-{Caller}-01";

    private FakeZipkin _zipkin = null!;
    private AppTelemetry _telemetry = null!;

    public async ValueTask InitializeAsync()
    {
        _zipkin = await FakeZipkin.StartAsync();
        _telemetry = AppTelemetry.Open(
            PubSubRig.AppId, new TracingSettings(1) { Zipkin = _zipkin.Address }, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _telemetry.DisposeAsync();
        await _zipkin.DisposeAsync();
    }

    [Fact]
    public async Task each_entry_of_a_bulk_publish_and_of_a_bulk_delivery_is_a_span_of_its_own_trace_position()
    {
        await using var rig = await StartAsync("""[{"pubsubname":"pubsub","topic":"t","route":"/t","bulkSubscribe":{"enabled":true,"maxMessagesCount":10,"maxAwaitDurationMs":1}}]""");
        rig.App.Answer = static request => Task.FromResult(new Reply(200, AllDone(request.Body)));

        await rig.PublishAsync(
            "/v1.0/publish/bulk/pubsub/t",
            """[{"entryId":"1","event":{"n":1},"contentType":"application/json"},{"entryId":"2","event":{"n":2},"contentType":"application/json"}]""",
            headers: ("traceparent", Sampled));

        var spans = await _zipkin.TraceAsync(TraceId, 5);
        Traces.HaveNoOrphans(spans, Caller);
        var call = spans.Single(static s => s.Name == "/v1.0/publish/bulk/pubsub/t" && s.Kind == "CLIENT");
        call.ParentId.ShouldBe(Caller);
        call.Tags["messaging.system"].ShouldBe("pubsub");
        var entries = spans.Where(static s => s.Kind == "PRODUCER").ToList();
        entries.Select(static s => (s.Name, s.ParentId)).Distinct().ShouldBe([("/v1.0/publish/bulk/pubsub/t", call.Id)]);
        var deliveries = spans.Where(static s => s.Name == "pubsub/t").ToList();
        deliveries.Select(static s => s.ParentId!).Order(StringComparer.Ordinal).ShouldBe(entries.Select(static s => s.Id).Order(StringComparer.Ordinal));
        deliveries[0].Tags["messaging.destination.name"].ShouldBe("t");
    }

    [Fact]
    public async Task every_attempt_is_a_span_and_a_failed_one_says_so_and_the_dead_letter_goes_on_in_the_trace()
    {
        await using var rig = await StartAsync(
            """
            [{"pubsubname":"pubsub","topic":"t","route":"/t","deadLetterTopic":"dead"},{"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
            """,
            retries: 2);
        rig.App.Answer = static request => Task.FromResult(new Reply(request.Path == "/t" ? 500 : 200));

        await rig.PublishAsync("/v1.0/publish/pubsub/t", "{}", headers: ("traceparent", Sampled));

        var spans = await _zipkin.TraceAsync(TraceId, 5);
        Traces.HaveNoOrphans(spans, Caller);
        var publish = spans.Single(static s => s.Name == "/v1.0/publish/pubsub/t");
        var attempts = spans.Where(static s => s.Name == "pubsub/t").ToList();
        attempts.Count.ShouldBe(3);
        attempts.ShouldAllBe(s => s.ParentId == publish.Id && s.Tags["error"] == "Code(500): Internal Server Error");
        var dead = spans.Single(static s => s.Name == "pubsub/dead");
        dead.ParentId.ShouldBe(publish.Id);
        dead.Tags.ShouldNotContainKey("error");
        rig.App.Requests.Count(r => attempts.Append(dead).Any(s => r.Headers["traceparent"] == $"00-{TraceId}-{s.Id}-01")).ShouldBe(4);
    }

    [Fact]
    public async Task an_attempt_without_an_answer_ends_its_span_with_the_reason()
    {
        await using var rig = await StartAsync(
            """[{"pubsubname":"pubsub","topic":"t","route":"/t"}]""", retries: 1, timeout: TimeSpan.FromMilliseconds(200));
        var calls = 0;
        var release = new TaskCompletionSource<Reply>();
        rig.App.Answer = request => Interlocked.Increment(ref calls) == 1 ? release.Task : Task.FromResult(new Reply(200));

        await rig.PublishAsync("/v1.0/publish/pubsub/t", "{}", headers: ("traceparent", Sampled));

        var attempts = (await _zipkin.TraceAsync(TraceId, 3)).Where(static s => s.Name == "pubsub/t").ToList();
        attempts.Count(static s => s.Tags.GetValueOrDefault("error") == "context deadline exceeded").ShouldBe(1);
        attempts.Count.ShouldBe(2);
        release.SetResult(new Reply(200));
    }

    [Fact]
    public async Task what_the_publisher_does_not_sample_is_not_recorded_anywhere()
    {
        await using var rig = await StartAsync("""[{"pubsubname":"pubsub","topic":"t","route":"/t"}]""");

        await rig.PublishAsync("/v1.0/publish/pubsub/t", "{}", headers: ("traceparent", $"00-{TraceId}-{Caller}-00"));
        await rig.PublishAsync("/v1.0/publish/pubsub/t", "{}", headers: ("traceparent", "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        await _zipkin.TraceAsync("1af7651916cd43dd8448eb211c80319c", 2);
        _zipkin.Of(TraceId).ShouldBeEmpty();
    }

    private Task<PubSubRig> StartAsync(string subscriptions, int? retries = null, TimeSpan? timeout = null) => PubSubRig.StartAsync(new RigOptions
    {
        SamplingRate = 1, Telemetry = _telemetry, Subscriptions = subscriptions, Retries = retries, Timeout = timeout,
    });

    private static string AllDone(string body)
    {
        using var document = JsonDocument.Parse(body);
        var statuses = document.RootElement.GetProperty("entries").EnumerateArray().Select(
            static e => $$"""{"entryId":"{{e.GetProperty("entryId").GetString()}}","status":"SUCCESS"}""");
        return $$"""{"statuses":[{{string.Join(',', statuses)}}]}""";
    }
}
