using Dapr.Workflow;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Wire.Grpc;
using Wire.Workflow;

namespace Tests.Unit.StandIns.Workflow;

public sealed class WorkerTests
{
    [Fact]
    public async Task work_is_taken_at_once_with_the_token_and_answered_with_what_the_item_named()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, Echo, token: "secret");

        hub.GiveActivity("echo", taskId: 7, "hello");
        await Eventually.HoldsAsync(() => hub.ActivityAnswers.Count == 1);

        var answer = hub.ActivityAnswers[0];
        (answer.InstanceId, answer.TaskId, answer.CompletionToken, answer.Result).ShouldBe(("one", 7, "token-7", "\"hello one key-7\""));
        hub.Headers["dapr-api-token"].ShouldBe("secret");
        hub.Headers["user-agent"].ShouldBe("dapr-sdk-dotnet/v1.18.5");
        hub.Requests<Google.Protobuf.WellKnownTypes.Empty>("Hello").ShouldBeEmpty();
    }

    [Fact]
    public async Task a_turn_is_answered()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, RecordedWorkflows.Register);
        var turn = RecordedTurns.Get("net-02-one-activity net-02-one-activity-one-1").Turns[0];

        hub.Give(new WorkItem { WorkflowRequest = turn.Request });
        await Eventually.HoldsAsync(() => hub.TurnAnswers.Count == 1);

        hub.TurnAnswers[0].ShouldBe(turn.Answer);
    }

    [Fact]
    public async Task what_an_activity_throws_is_its_answer_and_an_unknown_name_too()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, workflows =>
            workflows.RegisterActivity<object?, string>("boom", (_, _) => throw new TimeoutException("too late")));

        hub.GiveActivity("BOOM", taskId: 1);
        hub.GiveActivity("nobody", taskId: 2);
        await Eventually.HoldsAsync(() => hub.ActivityAnswers.Count == 2);

        var boom = hub.ActivityAnswers.Single(answer => answer.TaskId == 1);
        var nobody = hub.ActivityAnswers.Single(answer => answer.TaskId == 2);
        (boom.Result, boom.FailureDetails.ErrorType, boom.FailureDetails.ErrorMessage).ShouldBe((null, "System.TimeoutException", "too late"));
        boom.FailureDetails.StackTrace.ShouldContain(nameof(WorkerTests));
        (nobody.FailureDetails.ErrorType, nobody.FailureDetails.ErrorMessage)
            .ShouldBe(("ActivityNotFoundException", "Activity 'nobody' not found"));
    }

    [Fact]
    public async Task a_stream_that_ends_is_opened_again()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, Echo);
        await Eventually.HoldsAsync(() => hub.StreamsOpened == 1);

        hub.EndStreams();
        hub.GiveActivity("echo", taskId: 1);
        await Eventually.HoldsAsync(() => hub.ActivityAnswers.Count == 1);

        hub.StreamsOpened.ShouldBe(2);
        app.Log.Has("Cancelled: shutting down").ShouldBeTrue();
    }

    [Fact]
    public async Task a_sidecar_that_is_not_there_yet_or_restarts_is_waited_for()
    {
        var before = await FakeTaskHub.StartAsync();
        var (endpoint, port) = (before.Endpoint, before.Port);
        await before.DisposeAsync();
        await using var app = await ConnectedApp.StartAsync(endpoint, Echo);
        await Eventually.HoldsAsync(() => app.Log.Has("Unavailable"));

        var first = await FakeTaskHub.StartAsync(port);
        await Eventually.HoldsAsync(() => first.StreamsOpened == 1);
        await first.DisposeAsync();
        await using var second = await FakeTaskHub.StartAsync(port);
        second.GiveActivity("echo", taskId: 1);

        await Eventually.HoldsAsync(() => second.ActivityAnswers.Count == 1);
    }

    [Fact]
    public async Task no_refusal_of_the_stream_is_final()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        hub.OnStream = number =>
        {
            if (number < 3)
            {
                throw new RpcException(new Status(StatusCode.Unauthenticated, "Unauthorized"));
            }
        };
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, Echo);

        hub.GiveActivity("echo", taskId: 1);
        await Eventually.HoldsAsync(() => hub.ActivityAnswers.Count == 1);

        app.Log.Count("Unauthenticated: Unauthorized").ShouldBe(2);
    }

    [Fact]
    public async Task an_activity_that_outlives_its_stream_is_answered_on_the_next_connection()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        var gate = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, workflows =>
            workflows.RegisterActivity<object?, string>("slow", async (_, _) =>
            {
                begun.SetResult();
                await gate.Task;
                return "done";
            }));

        hub.GiveActivity("slow");
        await begun.Task;
        hub.EndStreams();
        await Eventually.HoldsAsync(() => hub.StreamsOpened == 2);
        gate.SetResult();

        await Eventually.HoldsAsync(() => hub.ActivityAnswers.Count == 1);
    }

    [Fact]
    public async Task an_answer_that_the_sidecar_cannot_take_just_now_is_sent_again()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        hub.Refuse("CompleteActivityTask", StatusCode.Unavailable, times: 2);
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, Echo);

        hub.GiveActivity("echo", taskId: 1);
        await Eventually.HoldsAsync(() => hub.ActivityAnswers.Count == 3);

        hub.ActivityAnswers.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task an_answer_that_is_refused_for_good_is_logged_and_the_worker_goes_on()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        hub.Refuse("CompleteActivityTask", StatusCode.InvalidArgument, times: 1);
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, Echo);

        hub.GiveActivity("echo", taskId: 1);
        await Eventually.HoldsAsync(() => app.Log.Has("is not taken (InvalidArgument: refused by the test)"));
        hub.GiveActivity("echo", taskId: 2);

        await Eventually.HoldsAsync(() => hub.ActivityAnswers.Any(answer => answer.TaskId == 2));
    }

    [Fact]
    public async Task a_result_that_is_too_large_becomes_an_error_that_says_so()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, workflows =>
        {
            workflows.RegisterActivity<object?, string>("large", (_, _) => Task.FromResult(new string('x', GrpcLimits.MessageBytesMax)));
            workflows.RegisterWorkflow<object?, string>("large", (_, _) => Task.FromResult(new string('x', GrpcLimits.MessageBytesMax)));
        });

        hub.GiveActivity("large", taskId: 3);
        hub.Give(new WorkItem { WorkflowRequest = FirstTurn("large") });
        await Eventually.HoldsAsync(() => hub.ActivityAnswers.Count == 1 && hub.TurnAnswers.Count == 1);

        var (activity, turn) = (hub.ActivityAnswers[0], hub.TurnAnswers[0]);
        (activity.TaskId, activity.FailureDetails.ErrorType).ShouldBe((3, "ResultTooLarge"));
        activity.FailureDetails.ErrorMessage.ShouldStartWith("The result of activity 'large' is too large for the sidecar: 41943");
        turn.Actions.ShouldHaveSingleItem().CompleteWorkflow.FailureDetails.ErrorType.ShouldBe("ResultTooLarge");
    }

    [Fact]
    public async Task an_item_of_an_unknown_kind_and_an_empty_turn_do_not_end_the_worker()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, Echo);

        hub.Give(new WorkItem());
        hub.Give(new WorkItem { WorkflowRequest = new() { InstanceId = "empty" } });
        hub.Give(new WorkItem { ActivityRequest = new() });
        hub.GiveActivity("echo", taskId: 1);
        await Eventually.HoldsAsync(() => hub.ActivityAnswers.Count == 2 && hub.TurnAnswers.Count == 1);

        hub.TurnAnswers[0].Actions.ShouldHaveSingleItem().CompleteWorkflow.FailureDetails.ErrorType.ShouldBe("WorkflowNameMissing");
        app.Log.Has("a kind that this worker does not know").ShouldBeTrue();
        hub.StreamsOpened.ShouldBe(1);
    }

    [Fact]
    public async Task a_hundred_activities_run_at_once_and_the_rest_waits()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        var gate = new TaskCompletionSource();
        var running = 0;
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, workflows =>
            workflows.RegisterActivity<object?, int>("slow", async (_, _) =>
            {
                var count = Interlocked.Increment(ref running);
                await gate.Task;
                return count;
            }));

        for (var number = 0; number < 130; number++)
        {
            hub.GiveActivity("slow", number);
        }

        await Eventually.HoldsAsync(() => Volatile.Read(ref running) == 100);
        await Eventually.StaysAsync(() => Volatile.Read(ref running) == 100, TimeSpan.FromMilliseconds(50));
        gate.SetResult();

        await Eventually.HoldsAsync(() => hub.ActivityAnswers.Count == 130);
    }

    [Fact]
    public async Task a_quiet_connection_is_used_every_thirty_seconds()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        var time = new FakeTimeProvider();
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, Echo, time);
        await Eventually.HoldsAsync(() => hub.StreamsOpened == 1);

        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return hub.Requests<Google.Protobuf.WellKnownTypes.Empty>("Hello").Count >= 2;
        });
        hub.StreamsOpened.ShouldBe(1);
    }

    [Fact]
    public async Task a_worker_that_stops_answers_what_it_runs()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        var begun = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, workflows =>
            workflows.RegisterActivity<object?, string>("slow", async (_, _) =>
            {
                begun.SetResult();
                await gate.Task;
                return "done";
            }));
        hub.GiveActivity("slow");
        await begun.Task;

        var stopping = app.StopAsync();
        gate.SetResult();
        await stopping;

        hub.ActivityAnswers.Count.ShouldBe(1);
    }

    private static void Echo(WorkflowRuntimeOptions workflows) => workflows.RegisterActivity<string?, string>(
        "echo", (context, input) => Task.FromResult($"{input} {context.InstanceId} {context.TaskExecutionKey}"));

    private static WorkflowRequest FirstTurn(string workflow) => new()
    {
        InstanceId = "one",
        NewEvents = { new HistoryEvent { WorkflowStarted = new() }, new HistoryEvent { ExecutionStarted = new() { Name = workflow } } },
    };
}
