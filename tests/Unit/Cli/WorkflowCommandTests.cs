using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tests.Unit.Wire;
using Wire.Workflow;

namespace Tests.Unit.Cli;

public sealed class WorkflowCommandTests
{
    private static readonly DateTime Start = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task a_history_is_told_step_by_step_with_names_and_durations()
    {
        await using var sidecar = await SidecarAsync(
            At(0, -1, e => e.WorkflowStarted = new WorkflowStartedEvent()),
            At(0, -1, e => e.ExecutionStarted = new ExecutionStartedEvent { Name = "FulfilOrder", Input = "{\"orderId\":\"o1\"}" }),
            At(2, 0, e => e.TaskScheduled = new TaskScheduledEvent { Name = "ReserveStock", Input = "[1]" }),
            At(14, -1, e => e.TaskFailed = new TaskFailedEvent
            {
                TaskScheduledId = 0, FailureDetails = new TaskFailureDetails { ErrorType = "HttpRequestException", ErrorMessage = "503" },
            }),
            At(15, 1, e => e.TimerCreated = new TimerCreatedEvent
            {
                FireAt = Timestamp.FromDateTime(Start.AddMilliseconds(515)), ActivityRetry = new TimerOriginActivityRetry(),
            }),
            At(516, -1, e => e.TimerFired = new TimerFiredEvent { TimerId = 1 }),
            At(517, 2, e => e.TaskScheduled = new TaskScheduledEvent { Name = "ReserveStock", Input = "[1]" }),
            At(530, -1, e => e.TaskCompleted = new TaskCompletedEvent { TaskScheduledId = 2, Result = "\"reserved\"" }),
            At(540, -1, e => e.EventRaised = new EventRaisedEvent { Name = "cancel" }),
            At(541, 3, e => e.ExecutionCompleted = new ExecutionCompletedEvent { WorkflowStatus = OrchestrationStatus.Completed, Result = "\"ok\"" }));
        var terminal = new TestTerminal();

        (await terminal.RunAsync("workflow", "show", "o1", "--dapr-grpc", sidecar.Address.ToString())).ShouldBe(0, terminal.Error);

        terminal.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .ShouldBe(
            [
                "FulfilOrder o1: Completed, started 2026-11-21 12:00:00.000 UTC",
                "seconds what with",
                "0.000 FulfilOrder started {\"orderId\":\"o1\"}",
                "0.002 ReserveStock called [1]",
                "0.014 ReserveStock after 12 ms: FAILED HttpRequestException: 503",
                "0.015 pause before a retry set until 12:00:00.515 UTC",
                "0.516 pause before a retry after 501 ms: fired",
                "0.517 ReserveStock called [1]",
                "0.530 ReserveStock after 13 ms: done \"reserved\"",
                "0.540 event 'cancel' arrived",
                "0.541 ended Completed \"ok\"",
            ]);
    }

    [Fact]
    public async Task an_unknown_workflow_is_one_line_and_exit_code_1()
    {
        await using var sidecar = await GrpcPeer.StartAsync(
            server => server.Map(TaskHub.GetInstance, (_, _) => Task.FromResult(new GetInstanceResponse())));

        await FailsAsync(sidecar.Address, $"The sidecar at {sidecar.Address} has no workflow 'o1'.");
    }

    [Fact]
    public async Task a_sidecar_that_is_not_there_is_one_line_and_exit_code_1() =>
        await FailsAsync(new Uri("http://127.0.0.1:1"), "The sidecar at http://127.0.0.1:1/ cannot be reached");

    [Fact]
    public async Task a_refusal_is_one_line_and_exit_code_1()
    {
        await using var sidecar = await GrpcPeer.StartAsync(
            _ => { }, _ => throw new RpcException(new Status(StatusCode.Unauthenticated, "Unauthorized")));

        await FailsAsync(sidecar.Address, $"The sidecar at {sidecar.Address} refused: Unauthenticated: Unauthorized");
    }

    private static async Task FailsAsync(Uri address, string message)
    {
        var terminal = new TestTerminal();

        (await terminal.RunAsync("workflow", "show", "o1", "--dapr-grpc", address.ToString())).ShouldBe(1);

        terminal.Error.ShouldStartWith(message);
        terminal.Error.TrimEnd().ShouldNotContain("\n");
    }

    private static Task<GrpcPeer> SidecarAsync(params HistoryEvent[] history) => GrpcPeer.StartAsync(server =>
    {
        server.Map(TaskHub.GetInstance, (request, _) => Task.FromResult(new GetInstanceResponse
        {
            Exists = true,
            WorkflowState = new WorkflowState
            {
                InstanceId = request.InstanceId, Name = "FulfilOrder", WorkflowStatus = OrchestrationStatus.Completed,
                CreatedTimestamp = Timestamp.FromDateTime(Start),
            },
        }));
        server.Map(TaskHub.GetInstanceHistory, (_, _) => Task.FromResult(new GetInstanceHistoryResponse { Events = { history } }));
    });

    private static HistoryEvent At(int milliseconds, int id, Action<HistoryEvent> set)
    {
        var e = new HistoryEvent { EventId = id, Timestamp = Timestamp.FromDateTime(Start.AddMilliseconds(milliseconds)) };
        set(e);
        return e;
    }
}
