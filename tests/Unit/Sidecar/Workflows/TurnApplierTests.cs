using Google.Protobuf.WellKnownTypes;
using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

/// <summary>What an answer does to an instance's state, without file, clock or worker.</summary>
public sealed class TurnApplierTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private readonly InstanceState _state = new(7, "a", Start("W", "in"), null);
    private long _seq;

    [Fact]
    public void an_answer_becomes_history_in_the_order_of_turn_and_actions()
    {
        var change = Apply(ManualWorker.Schedule(0, "A"), Timer(1, TimeSpan.FromMinutes(1)), ManualWorker.Schedule(2, "B"));
        change.History.Select(static e => e.EventTypeCase).ShouldBe([
            HistoryEvent.EventTypeOneofCase.WorkflowStarted, HistoryEvent.EventTypeOneofCase.ExecutionStarted,
            HistoryEvent.EventTypeOneofCase.TaskScheduled, HistoryEvent.EventTypeOneofCase.TimerCreated,
            HistoryEvent.EventTypeOneofCase.TaskScheduled]);
        _state.OpenActivities.Keys.ShouldBe([0, 2]);
        change.TimersAdded.ShouldHaveSingleItem().EventId.ShouldBe(1);
        change.History.Skip(2).ShouldAllBe(static e => e.Router.SourceAppID == "app");
        (_state.Status, _state.Inbox.Count).ShouldBe((OrchestrationStatus.Running, 0));
    }

    [Fact]
    public void a_state_read_from_its_history_is_the_one_that_wrote_it()
    {
        Apply(ManualWorker.Schedule(0, "A"), ManualWorker.Schedule(1, "B"), Timer(2, TimeSpan.FromMinutes(1)), Child(3, "kid"),
            EventTimer(4, "go"), EventTimer(5, "GO"));
        Arrive(Done(1), Raised("Go"));
        Apply();
        Arrive(Events.Suspended(Now, null));
        Apply();
        var row = InstanceRow.Of(_state);
        var read = InstanceState.Load(row, _state.Start, null, [_state.History]);
        read.OpenActivities.Keys.ShouldBe([0]);
        read.OpenTimers.Keys.ShouldBe([2, 5]);
        read.OpenChildren.ShouldBe([new KeyValuePair<int, string>(3, "kid")]);
        (read.Status, read.HistoryBytes).ShouldBe((OrchestrationStatus.Suspended, _state.HistoryBytes));
        row.Open.ShouldBe([0]);
        (InstanceRow.Of(read) with { Open = null }).ShouldBe(row with { Open = null });
    }

    [Fact]
    public void an_event_uses_up_the_oldest_timer_of_its_name_and_each_only_once()
    {
        Apply(EventTimer(0, "go"), EventTimer(1, "go"), EventTimer(2, "other"));
        Arrive(Raised("GO"));
        Apply().TimersRemoved.ShouldBe([0]);
        Arrive(Raised("go"));
        Apply().TimersRemoved.ShouldBe([1]);
        Arrive(Raised("go"));
        Apply().TimersRemoved.ShouldBeEmpty();
    }

    [Fact]
    public void an_event_before_a_timer_does_not_use_it_up()
    {
        Arrive(Raised("go"));
        Apply(EventTimer(0, "go")).TimersRemoved.ShouldBeEmpty();
    }

    [Fact]
    public void a_second_answer_or_one_to_nothing_is_not_accepted()
    {
        Apply(ManualWorker.Schedule(0, "A"), Child(1, "kid"));
        _state.Accepts(Done(0), null).ShouldBeTrue();
        _state.Accepts(Done(0), null).ShouldBeFalse();
        _state.Accepts(Done(9), null).ShouldBeFalse();
        _state.Accepts(ChildDone(1), "somebody else").ShouldBeFalse();
        _state.Accepts(ChildDone(1), "kid").ShouldBeTrue();
        _state.Accepts(ChildDone(1), "kid").ShouldBeFalse();
    }

    [Fact]
    public void the_first_completion_wins_and_what_follows_it_still_counts()
    {
        var change = Apply(ManualWorker.Complete("first"), ManualWorker.Schedule(1, "A"), ManualWorker.Complete("second"),
            ManualWorker.Complete("third", OrchestrationStatus.ContinuedAsNew));
        _state.Completed!.ExecutionCompleted.Result.ShouldBe("first");
        _state.OpenActivities.Keys.ShouldBe([1]);
        change.WipesHistory.ShouldBeFalse();
    }

    [Fact]
    public void a_finished_child_tells_its_parent_and_drops_what_it_has_not_read()
    {
        var start = Start("W", "in");
        start.ExecutionStarted.ParentInstance = new ParentInstanceInfo
        {
            TaskScheduledId = 4,
            WorkflowInstance = new WorkflowInstance { InstanceId = "parent" },
            AppID = "app",
        };
        var child = new InstanceState(8, "kid", start, null);
        child.AddToInbox(new InboxEntry(5, Raised("late")));
        var change = new InstanceChange();
        Applier(child, change).Apply(Events.Started(Now), 1, Answer(ManualWorker.Complete("out")));
        var message = change.Messages.ShouldHaveSingleItem();
        (message.Target, message.Source).ShouldBe(("parent", "kid"));
        message.Event.ChildWorkflowInstanceCompleted.TaskScheduledId.ShouldBe(4);
        message.Event.Router.TargetAppID.ShouldBe("app");
        change.InboxRemoved.ShouldBe([5]);
        child.Inbox.ShouldBeEmpty();
    }

    [Fact]
    public void a_new_generation_keeps_unread_events_and_nothing_else()
    {
        Apply(ManualWorker.Schedule(0, "A"), Timer(1, TimeSpan.FromMinutes(1)), Child(2, "kid"));
        Arrive(Raised("x"), Done(0), Raised("y"));
        var change = new InstanceChange();
        var action = ManualWorker.Complete("next", OrchestrationStatus.ContinuedAsNew);
        action.CompleteWorkflow.CarryoverEvents.Add(Raised("x"));
        Applier(_state, change).Apply(Events.Started(Now), 1, Answer(action));
        (change.WipesHistory, change.DropsTimers, change.History.Count).ShouldBe((true, true, 0));
        _state.Inbox.Select(static e => e.Event.EventTypeCase).ShouldBe([
            HistoryEvent.EventTypeOneofCase.ExecutionStarted, HistoryEvent.EventTypeOneofCase.EventRaised,
            HistoryEvent.EventTypeOneofCase.EventRaised]);
        _state.Inbox.Skip(1).Select(static e => e.Event.EventRaised.Name).ShouldBe(["x", "y"]);
        (_state.OpenActivities.Count, _state.OpenChildren.Count, _state.OpenTimers.Count).ShouldBe((0, 0, 0));
        _state.Start.ExecutionStarted.Input.ShouldBe("next");
        _state.Status.ShouldBe(OrchestrationStatus.Running);
        change.Messages.Select(static m => m.Seq).ShouldBe(_state.Inbox.Skip(1).Select(static e => e.Seq));
    }

    [Fact]
    public void a_forced_end_drops_what_its_turn_asked_for_but_not_what_already_runs()
    {
        Apply(ManualWorker.Schedule(0, "A"));
        Arrive(Events.Terminated(Now, "out", recurse: false));
        var change = Apply(ManualWorker.Schedule(1, "B"), Child(2, "kid"), Timer(3, TimeSpan.FromMinutes(1)));
        (_state.Status, _state.Completed!.ExecutionCompleted.Result).ShouldBe((OrchestrationStatus.Terminated, "out"));
        _state.OpenActivities.Keys.ShouldBe([0]);
        change.Messages.ShouldBeEmpty();
        change.TimersAdded.ShouldBeEmpty();
    }

    [Fact]
    public void the_trace_of_the_start_goes_to_activities_and_children_and_anew_to_the_next_generation()
    {
        var start = Start("W", "in");
        start.ExecutionStarted.ParentTraceContext = new TraceContext { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        var state = new InstanceState(8, "b", start, null);
        var change = new InstanceChange();
        Applier(state, change).Apply(Events.Started(Now), 1, Answer(ManualWorker.Schedule(0, "A"), Child(1, "kid")));
        change.History[2].TaskScheduled.ParentTraceContext.ShouldBe(start.ExecutionStarted.ParentTraceContext);
        change.Messages[0].Event.ExecutionStarted.ParentTraceContext.ShouldBe(start.ExecutionStarted.ParentTraceContext);
        change.Messages[0].Event.ExecutionStarted.WorkflowSpanID.ShouldBe("b7ad6b7169203331");
        Applier(state, new InstanceChange()).Apply(Events.Started(Now), 0, Answer(ManualWorker.Complete("x", OrchestrationStatus.ContinuedAsNew)));
        var next = state.Start.ExecutionStarted.ParentTraceContext.TraceParent;
        next.Length.ShouldBe(55);
        next.ShouldNotContain("0af7651916cd43dd8448eb211c80319c");
        next.ShouldEndWith("-01");
    }

    [Fact]
    public void history_is_propagated_up_to_the_task_that_asked_for_it()
    {
        var task = ManualWorker.Schedule(0, "A");
        task.ScheduleTask.HistoryPropagationScope = HistoryPropagationScope.OwnHistory;
        Apply(task, ManualWorker.Schedule(1, "B"));
        var propagated = Propagation.OfActivity(_state, _state.OpenActivities[0], "app")!;
        propagated.Chunks.ShouldHaveSingleItem().RawEvents.Count.ShouldBe(3);
        HistoryEvent.Parser.ParseFrom(propagated.Chunks[0].RawEvents[2]).ShouldBe(_state.OpenActivities[0]);
        Propagation.OfActivity(_state, _state.OpenActivities[1], "app").ShouldBeNull();
    }

    private static HistoryEvent Start(string name, string input)
    {
        var e = Events.At(Now);
        e.ExecutionStarted = new ExecutionStartedEvent
        {
            Name = name,
            Input = input,
            WorkflowInstance = new WorkflowInstance { InstanceId = "a", ExecutionId = "x" },
        };
        return e;
    }

    private static HistoryEvent Raised(string name) => Events.Raised(Now, name, null);

    private static HistoryEvent Done(int id) =>
        new() { EventId = -1, Timestamp = Timestamp.FromDateTimeOffset(Now), TaskCompleted = new() { TaskScheduledId = id } };

    private static HistoryEvent ChildDone(int id) => new() { EventId = -1, ChildWorkflowInstanceCompleted = new() { TaskScheduledId = id } };

    private static WorkflowAction Timer(int id, TimeSpan time) =>
        new() { Id = id, CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTimeOffset(Now + time) } };

    private static WorkflowAction EventTimer(int id, string name) =>
        new() { Id = id, CreateTimer = new CreateTimerAction { ExternalEvent = new TimerOriginExternalEvent { Name = name } } };

    private static WorkflowAction Child(int id, string instanceId) =>
        new() { Id = id, CreateChildWorkflow = new CreateChildWorkflowAction { Name = "Kid", InstanceId = instanceId } };

    private static WorkflowResponse Answer(params WorkflowAction[] actions) => new() { InstanceId = "a", Actions = { actions } };

    private TurnApplier Applier(InstanceState state, InstanceChange change) =>
        new(state, change, new TurnContext("app", Now, EngineFile.NextId, () => ++_seq));

    private void Arrive(params HistoryEvent[] events)
    {
        foreach (var e in events)
        {
            _state.Accepts(e, null).ShouldBeTrue();
            _state.AddToInbox(new InboxEntry(++_seq, e));
        }
    }

    private InstanceChange Apply(params WorkflowAction[] actions)
    {
        var change = new InstanceChange();
        Applier(_state, change).Apply(Events.Started(Now), _state.Inbox.Count, Answer(actions)).ShouldBeNull();
        return change;
    }
}
