using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Wire.Grpc;
using Wire.Workflow;

namespace Tests.Unit.Wire;

public sealed class GrpcTests
{
    private static readonly GetInstanceRequest Request = new() { InstanceId = "order-1", GetInputsAndOutputs = true };

    [Fact]
    public async Task A_call_carries_request_answer_and_metadata()
    {
        string? token = null;
        await using var peer = await GrpcPeer.StartAsync(server => server.Map(TaskHub.GetInstance, (request, call) =>
        {
            token = call.Metadata["dapr-api-token"];
            return Task.FromResult(new GetInstanceResponse { Exists = true, WorkflowState = new WorkflowState { InstanceId = request.InstanceId } });
        }));

        var answer = await peer.Channel.CallAsync(TaskHub.GetInstance, Request);

        answer.WorkflowState.InstanceId.ShouldBe("order-1");
        token.ShouldBe("secret");
    }

    [Fact]
    public async Task A_stream_is_read_while_the_server_still_writes()
    {
        var goOn = new TaskCompletionSource();
        await using var peer = await GrpcPeer.StartAsync(server => server.MapStream(TaskHub.GetWorkItems, async (_, responses, _) =>
        {
            responses.Write(new WorkItem { CompletionToken = "1" });
            responses.Write(new WorkItem { CompletionToken = "2" });
            await responses.FlushAsync();
            await goOn.Task;
            responses.Write(new WorkItem { CompletionToken = "3" });
        }));

        var tokens = new List<string>();
        await foreach (var item in peer.Channel.StreamAsync(TaskHub.GetWorkItems, new GetWorkItemsRequest()))
        {
            tokens.Add(item.CompletionToken);
            if (tokens.Count == 2)
            {
                goOn.SetResult();
            }
        }

        tokens.ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task A_status_comes_back_with_its_words_in_any_script()
    {
        const string detail = "100 % of 'Bücher' are gone\nλ";
        await using var peer = await GrpcPeer.StartAsync(server => server.Map(
            TaskHub.GetInstance, (_, _) => throw new RpcException(new Status(StatusCode.AlreadyExists, detail))));

        var error = await Should.ThrowAsync<RpcException>(peer.Channel.CallAsync(TaskHub.GetInstance, Request));

        error.StatusCode.ShouldBe(StatusCode.AlreadyExists);
        error.Status.Detail.ShouldBe(detail);
    }

    [Fact]
    public async Task A_failure_after_messages_comes_after_them()
    {
        await using var peer = await GrpcPeer.StartAsync(server => server.MapStream(TaskHub.GetWorkItems, (_, responses, _) =>
        {
            responses.Write(new WorkItem { CompletionToken = "1" });
            throw new RpcException(new Status(StatusCode.Cancelled, "shutting down"));
        }));

        await using var items = peer.Channel.StreamAsync(TaskHub.GetWorkItems, new GetWorkItemsRequest()).GetAsyncEnumerator();

        (await items.MoveNextAsync()).ShouldBeTrue();
        var error = await Should.ThrowAsync<RpcException>(async () => await items.MoveNextAsync());
        error.Status.ShouldBe(new Status(StatusCode.Cancelled, "shutting down"));
    }

    [Fact]
    public async Task A_handler_that_throws_something_else_answers_unknown()
    {
        await using var peer = await GrpcPeer.StartAsync(server => server.Map(
            TaskHub.GetInstance, (_, _) => throw new InvalidOperationException("out of order")));

        var error = await Should.ThrowAsync<RpcException>(peer.Channel.CallAsync(TaskHub.GetInstance, Request));

        error.Status.ShouldBe(new Status(StatusCode.Unknown, "out of order"));
    }

    [Fact]
    public async Task A_refused_caller_never_reaches_the_handler()
    {
        var reached = false;
        await using var peer = await GrpcPeer.StartAsync(
            server => server.Map(TaskHub.Hello, (_, _) =>
            {
                reached = true;
                return Task.FromResult(new Empty());
            }),
            _ => throw new RpcException(new Status(StatusCode.Unauthenticated, "Unauthorized")));

        var error = await Should.ThrowAsync<RpcException>(peer.Channel.CallAsync(TaskHub.Hello, new Empty()));

        error.StatusCode.ShouldBe(StatusCode.Unauthenticated);
        reached.ShouldBeFalse();
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        await using var peer = await GrpcPeer.StartAsync(_ => { });

        var error = await Should.ThrowAsync<RpcException>(peer.Channel.CallAsync(TaskHub.Hello, new Empty()));

        error.StatusCode.ShouldBe(StatusCode.Unimplemented);
        error.Status.Detail.ShouldContain("/TaskHubSidecarService/Hello");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        var peer = await GrpcPeer.StartAsync(_ => { });
        await peer.DisposeAsync();
        using var channel = new GrpcChannel(peer.Address);

        var error = await Should.ThrowAsync<RpcException>(channel.CallAsync(TaskHub.Hello, new Empty()));

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_cancelled_and_so_is_the_handler()
    {
        var handlerCancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = await GrpcPeer.StartAsync(server => server.Map(TaskHub.Hello, async (request, call) =>
        {
            call.Cancelled.Register(() => handlerCancelled.SetResult());
            called.SetResult();
            await Task.Delay(Timeout.Infinite, call.Cancelled);
            return request;
        }));
        using var giveUp = new CancellationTokenSource();

        var call = peer.Channel.CallAsync(TaskHub.Hello, new Empty(), giveUp.Token);
        await called.Task;
        await giveUp.CancelAsync();

        (await Should.ThrowAsync<RpcException>(call)).StatusCode.ShouldBe(StatusCode.Cancelled);
        await handlerCancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Unknown_fields_of_a_newer_peer_survive_a_round_trip()
    {
        // Field 200 of type string, which no message here knows.
        var newer = GetInstanceRequest.Parser.ParseFrom([10, 1, (byte)'a', 0xC2, 0x0C, 2, (byte)'h', (byte)'i']);
        await using var peer = await GrpcPeer.StartAsync(server => server.Map(
            TaskHub.GetInstance, (request, _) => Task.FromResult(new GetInstanceResponse { Exists = request.CalculateSize() == 8 })));

        (await peer.Channel.CallAsync(TaskHub.GetInstance, newer)).Exists.ShouldBeTrue();
    }
}
