using Wire.Workflow;

namespace Tests.Unit.StandIns.Workflow;

public sealed class RecordedTurnsTests
{
    /// <summary>The official worker goes on with a suspended instance when an event comes; this one does not.</summary>
    private const string GoesOnWhileSuspended = "net-09-control net-09-control-ct-4";

    public static TheoryData<string> Instances => [.. RecordedTurns.Names];

    [Theory]
    [MemberData(nameof(Instances))]
    public async Task turns_are_answered_as_the_official_worker_answered_them(string name)
    {
        await using var worker = new WorkerUnderTest(RecordedWorkflows.Register);

        foreach (var (request, expected) in RecordedTurns.Get(name).Turns)
        {
            var answer = await worker.Turns.RunAsync(request, completionToken: "");

            var same = Held(name, request) ? new WorkflowResponse { InstanceId = request.InstanceId } : Comparable(expected);
            Comparable(answer).ToString().ShouldBe(same.ToString());
        }
    }

    private static bool Held(string name, WorkflowRequest request) =>
        name == GoesOnWhileSuspended && request.NewEvents[^1].EventTypeCase == HistoryEvent.EventTypeOneofCase.EventRaised;

    /// <summary>Stack traces name lines of code.</summary>
    private static WorkflowResponse Comparable(WorkflowResponse answer)
    {
        foreach (var action in answer.Actions)
        {
            if (action.CompleteWorkflow?.FailureDetails is { } failure)
            {
                failure.StackTrace = null;
            }
        }

        return answer;
    }
}
