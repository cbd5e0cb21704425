using Google.Protobuf;
using Grpc.Core;
using Tests.Contract.Hosting;
using Wire.Grpc;
using Wire.Runtime;

namespace Tests.Contract.Telemetry;

/// <summary>The spans of gRPC calls and of calls between apps. Source: Dapr 1.18.3, pkg/diagnostics and pkg/proto/runtime/v1/dapr_tracing.go.</summary>
public sealed class CallSpanTests(DaprFixture dapr) : IAsyncLifetime
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";

    private FakeZipkin _zipkin = null!;
    private EmbeddedSidecar _sidecar = null!;
    private GrpcChannel _grpc = null!;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("its spans go elsewhere");
        _zipkin = await FakeZipkin.StartAsync();
        _sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { TracingSamplingRate = 1, Zipkin = _zipkin.Address, Brokers = SidecarOptions.OneBroker });
        _grpc = new GrpcChannel(_sidecar.Grpc.Address, [new("traceparent", $"00-{TraceId}-{Caller}-01"), new("dapr-mine", "yes")]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_zipkin is not null)
        {
            _grpc.Dispose();
            await _sidecar.DisposeAsync();
            await _zipkin.DisposeAsync();
        }
    }

    [Fact]
    public async Task a_grpc_publish_is_a_span_with_its_topic()
    {
        await _grpc.CallAsync(DaprRuntime.PublishEvent, new PublishEventRequest { PubsubName = "pubsub", Topic = "t", Data = ByteString.CopyFromUtf8("{}") });

        Check(
            (await _zipkin.TraceAsync(TraceId, 1)).Single(), "/dapr.proto.runtime.v1.dapr/publishevent CLIENT app-a", Caller, remote: null,
            ("rpc.service", "Dapr"), ("messaging.system", "pubsub"), ("messaging.destination.name", "t"), ("dapr.mine", null),
            ("dapr-mine", "yes"), ("dapr.protocol", "grpc"), ("dapr.api", "/dapr.proto.runtime.v1.Dapr/PublishEvent"), ("otel.scope.name", "dapr-diagnostics"));
    }

    [Fact]
    public async Task a_grpc_bulk_publish_has_a_span_for_each_entry()
    {
        var request = new BulkPublishRequest { PubsubName = "pubsub", Topic = "t" };
        request.Entries.Add(new BulkPublishRequestEntry { EntryId = "1", Event = ByteString.CopyFromUtf8("{}"), ContentType = "application/json" });

        await _grpc.CallAsync(DaprRuntime.BulkPublishEvent, request);

        var spans = await _zipkin.TraceAsync(TraceId, 2);
        Traces.HaveNoOrphans(spans, Caller);
        var entry = spans.Single(static s => s.Kind == "PRODUCER");
        entry.Name.ShouldBe("/dapr.proto.runtime.v1.dapr/bulkpublishevent/");
        entry.ParentId.ShouldBe(spans.Single(static s => s.Kind == "CLIENT").Id);
    }

    [Fact]
    public async Task state_calls_name_their_store_and_refused_ones_their_reason()
    {
        await _grpc.CallAsync(DaprRuntime.GetState, new GetStateRequest { StoreName = "statestore", Key = "k" });
        await Should.ThrowAsync<RpcException>(() => _grpc.CallAsync(DaprRuntime.GetState, new GetStateRequest { StoreName = "nowhere", Key = "k" }));

        var spans = await _zipkin.TraceAsync(TraceId, 2);
        Check(
            spans.Single(static s => s.Remote == "statestore"), "/dapr.proto.runtime.v1.dapr/getstate CLIENT app-a", Caller, "statestore",
            ("db.name", "statestore"), ("db.system", "state"), ("db.connection_string", "state"), ("rpc.service", "Dapr"),
            ("db.statement", "/dapr.proto.runtime.v1.Dapr/GetState"), ("error", null));
        spans.Single(static s => s.Remote == "nowhere").Tags["error"].ShouldContain("nowhere");
    }

    [Fact]
    public async Task a_grpc_invocation_is_seen_on_both_sides()
    {
        await _grpc.CallAsync(DaprRuntime.InvokeService, new InvokeServiceRequest
        {
            Id = "app-b",
            Message = new InvokeRequest { Method = "echo", HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Get } },
        });

        var spans = await _zipkin.TraceAsync(TraceId, 2);
        Traces.HaveNoOrphans(spans, Caller);
        Check(
            spans.Single(static s => s.Kind == "CLIENT"), "calllocal/app-b/echo CLIENT app-a", Caller, "app-b",
            ("rpc.service", "ServiceInvocation"), ("net.peer.name", "app-b"), ("dapr.api", "/dapr.proto.runtime.v1.Dapr/InvokeService"));
        Check(
            spans.Single(static s => s.Kind == "SERVER"), "calllocal/app-b/echo SERVER app-b", spans.Single(static s => s.Kind == "CLIENT").Id, null,
            ("dapr.invoke_method", "echo"), ("dapr.api", "/dapr.proto.internals.v1.ServiceInvocation/CallLocalStream"));
        _sidecar.Other.Requests.Single().Headers["traceparent"].ShouldBe($"00-{TraceId}-{spans.Single(static s => s.Kind == "SERVER").Id}-01");
    }

    [Fact]
    public async Task an_app_that_is_away_fails_the_spans_of_both_sides()
    {
        await _sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-down/method/echo", ("traceparent", $"00-{TraceId}-{Caller}-01"));

        var spans = await _zipkin.TraceAsync(TraceId, 2);
        Traces.HaveNoOrphans(spans, Caller);
        spans.ShouldAllBe(static s => s.Tags.ContainsKey("error"));
    }

    [Fact]
    public async Task no_span_tells_a_token()
    {
        await _sidecar.Client.GetAnswerAsync(
            "/v1.0/metadata", ("traceparent", $"00-{TraceId}-{Caller}-01"), ("dapr-api-token", "secret"), ("dapr-other", "told"));

        var tags = (await _zipkin.TraceAsync(TraceId, 1)).Single().Tags;
        tags["dapr-other"].ShouldBe("told");
        tags.Values.ShouldNotContain("secret");
    }

    [Fact]
    public async Task with_a_sampling_rate_of_zero_only_what_a_caller_samples_is_recorded()
    {
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { TracingSamplingRate = 0, Zipkin = _zipkin.Address });

        await sidecar.Client.GetAnswerAsync("/v1.0/metadata");
        await sidecar.Client.GetAnswerAsync("/v1.0/metadata", ("traceparent", $"00-{TraceId}-{Caller}-01"));

        await _zipkin.TraceAsync(TraceId, 1);
        _zipkin.Spans.Count.ShouldBe(1);
    }

    private static void Check(ZipkinSpan span, string shown, string parent, string? remote, params (string Key, string? Value)[] tags)
    {
        span.Short.ShouldBe(shown);
        span.ParentId.ShouldBe(parent);
        span.Remote.ShouldBe(remote);
        foreach (var (key, value) in tags)
        {
            span.Tags.GetValueOrDefault(key).ShouldBe(value, key);
        }
    }
}
