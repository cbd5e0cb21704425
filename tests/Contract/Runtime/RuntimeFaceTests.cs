using Google.Protobuf;
using Grpc.Core;
using Tests.Contract.Hosting;
using Tests.Contract.Workflows;
using Wire.Runtime;

namespace Tests.Contract.Runtime;

/// <summary>What the runtime service's face does by itself: malformed and oversized calls, callers that leave, trace context, limits.</summary>
public sealed class RuntimeFaceTests(DaprFixture dapr) : IAsyncLifetime
{
    private const string Zero = "AAAAAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAgA";

    private static readonly PublishEventRequest Request = new() { PubsubName = "pubsub", Topic = "t" };

    private EmbeddedSidecar _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("it looks at what reaches the publisher and the app");
        _sidecar = await EmbeddedSidecar.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_sidecar is not null)
        {
            await _sidecar.DisposeAsync();
        }
    }

    public static TheoryData<string, byte[], string, string> Malformed => new()
    {
        { "no frame", [], "13", "grpc: the request has no message" },
        { "a frame cut short", RawGrpc.Frame(Request, length: 500), "13", "grpc: the request ends inside a message" },
        { "two frames", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "13", "grpc: the request goes on after its message" },
        { "a compressed frame", RawGrpc.Frame(Request, flag: 1), "13", "grpc: compressed flag set with identity or empty encoding" },
        { "an unknown flag", RawGrpc.Frame(Request, flag: 7), "13", "grpc: received unexpected payload format 7" },
        { "over 4 MiB", RawGrpc.Frame(Request, length: 5_000_047), "8", "grpc: received message larger than max (5000047 vs. 4194304)" },
        { "a length of 4 GiB", RawGrpc.Frame(Request, length: -1), "8", "grpc: received message larger than max (4294967295 vs. 4194304)" },
        { "bytes that are no protobuf", [0, 0, 0, 0, 2, 255, 255], "13", "grpc: error unmarshalling message" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task malformed_calls_are_refused_and_the_next_one_is_served(string what, byte[] body, string status, string message)
    {
        foreach (var method in new[] { "PublishEvent", "SaveState", "InvokeService", "StartWorkflowBeta1", "GetMetadata" })
        {
            var answer = await RawGrpc.SendAsync(_sidecar.Grpc.Address, DaprRuntime.Prefix + method, body);

            answer.Status.ShouldBe(status, $"{what} to {method}");
            Uri.UnescapeDataString(answer.Message!).ShouldStartWith(message, Case.Sensitive, $"{what} to {method}");
        }
        _sidecar.Publisher.Calls.ShouldBeEmpty();
        (await _sidecar.Grpc.CallAsync(DaprRuntime.GetMetadata, new())).Id.ShouldBe("app-a");
    }

    [Theory]
    [InlineData("GetSecret", "9", "secret store is not configured")]
    [InlineData("UnlockAlpha1", "9", "lock store is not configured")]
    [InlineData("SubscribeConfigurationAlpha1", "9", "configuration stores not configured")]
    [InlineData("EncryptAlpha1", "13", "crypto providers not configured")]
    [InlineData("SubtleSignAlpha1", "12", "this API is currently not implemented")]
    [InlineData("SubscribeTopicEventsAlpha1", "12", "the embedded sidecar does not serve /dapr.proto.runtime.v1.Dapr/SubscribeTopicEventsAlpha1; use a Dapr")]
    [InlineData("InvokeActor", "12", "the embedded sidecar does not serve /dapr.proto.runtime.v1.Dapr/InvokeActor; use a Dapr")]
    [InlineData("NoSuchMethod", "2", "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found")]
    public async Task calls_that_are_not_served_are_told(string method, string status, string message)
    {
        var answer = await RawGrpc.SendAsync(_sidecar.Grpc.Address, DaprRuntime.Prefix + method, RawGrpc.Frame(Request));

        (answer.Status, answer.Message).ShouldBe((status, message));
    }

    [Fact]
    public async Task a_value_of_any_bytes_is_kept_as_it_is_and_does_not_spoil_the_http_api()
    {
        var (binary, empty, json) = (DaprFixture.Key("bytes"), DaprFixture.Key("empty"), DaprFixture.Key("json"));
        var save = new SaveStateRequest { StoreName = "statestore" };
        save.States.Add(new StateItem { Key = binary, Value = ByteString.CopyFrom(0, 255, 34) });
        save.States.Add(new StateItem { Key = empty });
        save.States.Add(new StateItem { Key = json, Value = ByteString.CopyFromUtf8("{\"a\":1}") });

        await _sidecar.Grpc.CallAsync(DaprRuntime.SaveState, save);

        (await _sidecar.Grpc.CallAsync(DaprRuntime.GetState, new GetStateRequest { StoreName = "statestore", Key = binary })).Data
            .ToByteArray().ShouldBe([0, 255, 34]);
        var answer = await _sidecar.Client.PostJsonAsync("/v1.0/state/statestore/bulk", $$"""{"keys":["{{binary}}","{{empty}}","{{json}}"]}""");
        var items = answer.Json.EnumerateArray().ToList();
        items[0].GetProperty("error").GetString().ShouldBe("the value is not JSON; get it by its key");
        items[1].TryGetProperty("data", out _).ShouldBeFalse();
        items[2].GetProperty("data").GetRawText().ShouldBe("{\"a\":1}");
    }

    [Fact]
    public async Task a_value_that_is_said_to_be_json_must_be()
    {
        var save = new SaveStateRequest { StoreName = "statestore" };
        save.States.Add(new StateItem { Key = "k", Value = ByteString.CopyFromUtf8("{\"a\":x}"), Metadata = { ["contentType"] = "application/json" } });

        var refusal = await Should.ThrowAsync<RpcException>(_sidecar.Grpc.CallAsync(DaprRuntime.SaveState, save));

        refusal.Status.Detail.ShouldBe("invalid character 'x' looking for beginning of value");
    }

    [Fact]
    public async Task a_key_must_be_given_and_an_operation_known()
    {
        var save = new SaveStateRequest { StoreName = "statestore" };
        save.States.Add(new StateItem());
        var transaction = new ExecuteStateTransactionRequest { StoreName = "statestore" };
        transaction.Operations.Add(new TransactionalStateOperation { OperationType = "rename", Request = new StateItem { Key = "k" } });

        var noKey = await Should.ThrowAsync<RpcException>(_sidecar.Grpc.CallAsync(DaprRuntime.SaveState, save));
        var noOperation = await Should.ThrowAsync<RpcException>(_sidecar.Grpc.CallAsync(DaprRuntime.ExecuteStateTransaction, transaction));

        (noKey.StatusCode, noKey.Status.Detail).ShouldBe((StatusCode.InvalidArgument, "state key cannot be empty"));
        (noOperation.StatusCode, noOperation.Status.Detail).ShouldBe((StatusCode.Unimplemented, "operation type rename not supported"));
    }

    [Fact]
    public async Task a_caller_that_leaves_ends_its_invocation()
    {
        using var leaving = new CancellationTokenSource();
        var call = _sidecar.Grpc.CallAsync(DaprRuntime.InvokeService, Invocation("app-b", "hang", HTTPExtension.Types.Verb.Get), leaving.Token);
        await Eventually.HoldsAsync(() => _sidecar.Other.Requests.Any(static r => r.Target == "/hang"));

        await leaving.CancelAsync();

        (await Should.ThrowAsync<RpcException>(call)).StatusCode.ShouldBe(StatusCode.Cancelled);
        (await _sidecar.Grpc.CallAsync(DaprRuntime.GetMetadata, new())).Id.ShouldBe("app-a");
    }

    [Fact]
    public async Task a_deadline_ends_a_call()
    {
        var answer = await RawGrpc.SendAsync(
            _sidecar.Grpc.Address, DaprRuntime.InvokeService.Path,
            RawGrpc.Frame(Invocation("app-b", "hang", HTTPExtension.Types.Verb.Get)), ("grpc-timeout", "50m"));

        (answer.Status, answer.Message).ShouldBe(("4", "context deadline exceeded"));
    }

    [Fact]
    public async Task the_bodies_of_a_bulk_publish_have_the_limit_of_a_body_together()
    {
        await using var small = await EmbeddedSidecar.StartAsync(new SidecarOptions { MaxBodyBytes = 100 });
        var request = new BulkPublishRequest { PubsubName = "pubsub", Topic = "t" };
        for (var i = 0; i < 3; i++)
        {
            request.Entries.Add(new BulkPublishRequestEntry { EntryId = $"{i}", Event = ByteString.CopyFrom(new byte[40]), ContentType = "text/plain" });
        }

        var refusal = await Should.ThrowAsync<RpcException>(small.Grpc.CallAsync(DaprRuntime.BulkPublishEvent, request));

        refusal.Status.Detail.ShouldBe("error when publishing to topic t in pubsub pubsub: stream too large");
        small.Publisher.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task the_metadata_of_a_bulk_publish_is_the_entrys_over_the_requests_where_an_entry_has_any()
    {
        var request = new BulkPublishRequest { PubsubName = "pubsub", Topic = "t", Metadata = { ["a"] = "1", ["b"] = "1" } };
        request.Entries.Add(new BulkPublishRequestEntry { EntryId = "1", ContentType = "text/plain" });
        request.Entries.Add(new BulkPublishRequestEntry { EntryId = "2", ContentType = "text/plain", Metadata = { ["b"] = "2" } });

        await _sidecar.Grpc.CallAsync(DaprRuntime.BulkPublishEvent, request);

        _sidecar.Publisher.Calls[0].Metadata.ShouldBeEmpty();
        _sidecar.Publisher.Calls[1].Metadata.ShouldBe(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, ignoreOrder: true);
    }

    [Fact]
    public async Task the_callers_trace_reaches_the_message_and_the_answer()
    {
        const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        const string Binary = "AAAK92UZFs1D3YRI6yEcgDGcAbeta3FpIDMxAgE=";

        var (none, _) = await TraceAsync();
        var (byText, text) = await TraceAsync(("traceparent", Trace), ("tracestate", "v=1"));
        var (byBytes, bytes) = await TraceAsync(("grpc-trace-bin", Binary));

        none.ShouldBe(Zero);
        (byText, text.TraceParent, text.TraceState).ShouldBe((Binary.TrimEnd('='), Trace, "v=1"));
        (byBytes, bytes.TraceParent).ShouldBe((Binary.TrimEnd('='), Trace));
    }

    private async Task<(string Answered, Sidecar.Telemetry.TraceContext Published)> TraceAsync(params (string Name, string Value)[] headers)
    {
        var answered = await RawGrpc.HeadersAsync(_sidecar.Grpc.Address, DaprRuntime.PublishEvent.Path, RawGrpc.Frame(Request), headers);
        return (answered["grpc-trace-bin"], _sidecar.Publisher.Calls[^1].Trace);
    }

    private static InvokeServiceRequest Invocation(string appId, string method, HTTPExtension.Types.Verb verb) =>
        new() { Id = appId, Message = new InvokeRequest { Method = method, HttpExtension = new HTTPExtension { Verb = verb } } };
}
