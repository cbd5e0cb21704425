using System.Text.Json;
using Dapr.Workflow;
using Dapr.Workflow.Worker;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Wire.Workflow;

namespace Tests.Unit.StandIns.Workflow;

public sealed class RegistrationTests
{
    [Fact]
    public async Task names_are_those_of_the_classes_told_apart_without_case_and_the_first_registration_holds()
    {
        await using var worker = new WorkerUnderTest(workflows =>
        {
            workflows.RegisterActivity<Reserve>();
            workflows.RegisterActivity<string?, string>("reserve", (_, _) => Task.FromResult("the second"));
        });

        var answer = await worker.Activities.RunAsync(Call("RESERVE"), "");

        answer.Result.ShouldBe("\"reserved 1\"");
        worker.Log.Has("Activity 'reserve' is registered already").ShouldBeTrue();
    }

    [Fact]
    public async Task each_call_has_services_of_its_own_that_end_with_it()
    {
        var stock = new List<Stock>();
        await using var worker = new WorkerUnderTest(
            workflows => workflows.RegisterActivity<Reserve>(),
            services => services.AddScoped(_ =>
            {
                stock.Add(new Stock());
                return stock[^1];
            }));

        await worker.Activities.RunAsync(Call("Reserve"), "");
        await worker.Activities.RunAsync(Call("Reserve"), "");

        stock.Count.ShouldBe(2);
        stock.ShouldAllBe(one => one.IsDisposed);
    }

    [Fact]
    public async Task what_cannot_be_made_is_an_error_that_says_why()
    {
        await using var worker = new WorkerUnderTest(
            workflows => workflows.RegisterActivity<Reserve>(),
            services => services.AddScoped<Stock>(_ => throw new TimeoutException("no stock")));

        var failure = (await worker.Activities.RunAsync(Call("Reserve"), "")).FailureDetails;

        (failure.ErrorType, failure.ErrorMessage)
            .ShouldBe(("System.TimeoutException", "Activity 'Reserve' failed to activate: no stock"));
    }

    [Fact]
    public async Task the_serializer_can_be_another_one()
    {
        var services = new ServiceCollection();
        services.AddDaprWorkflowBuilder(workflows => workflows.RegisterActivity<Line, Line>("echo", (_, line) => Task.FromResult(line)))
            .WithJsonSerializer(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower });
        await using var provider = services.BuildServiceProvider();
        var activities = provider.GetRequiredService<Dapr.Workflow.Worker.Activities.ActivityExecutor>();

        var answer = await activities.RunAsync(Call("echo", """{"unit_price":5}"""), "");

        answer.Result.ShouldBe("""{"unit_price":5}""");
    }

    [Fact]
    public void generated_registrations_are_taken_too()
    {
        WorkflowAutoRegistry.Register(workflows => workflows.RegisterWorkflow<object?, string>("Generated", (_, _) => Task.FromResult("")));
        var services = new ServiceCollection();
        services.AddDaprWorkflow();
        using var provider = services.BuildServiceProvider();

        var isThere = provider.GetRequiredService<IWorkflowsFactory>().TryCreateWorkflow("generated", provider, out _, out var failure);

        (isThere, failure).ShouldBe((true, null));
    }

    [Fact]
    public async Task history_that_was_handed_on_can_be_read()
    {
        Dapr.Workflow.PropagatedHistory? handed = null;
        await using var worker = new WorkerUnderTest(workflows => workflows.RegisterWorkflow<object?, string>("W", (context, _) =>
        {
            handed = context.GetPropagatedHistory();
            return Task.FromResult("");
        }));
        HistoryEvent[] events =
        [
            new() { EventId = 0, TaskScheduled = new() { Name = "Reserve", Input = "1" } },
            new() { TaskCompleted = new() { TaskScheduledId = 0, Result = "2" } },
            new() { EventId = 1, TaskScheduled = new() { Name = "Invoice" } },
            new() { TaskFailed = new() { TaskScheduledId = 1, FailureDetails = new() { ErrorType = "E", ErrorMessage = "m" } } },
            new() { EventId = 2, ChildWorkflowInstanceCreated = new() { Name = "Ship", InstanceId = "kid" } },
        ];
        var chunk = new PropagatedHistoryChunk { AppId = "orders", InstanceId = "order-1", WorkflowName = "Fulfil" };
        chunk.RawEvents.AddRange(events.Select(happened => happened.ToByteString()));

        await worker.Turns.RunAsync(
            new WorkflowRequest
            {
                InstanceId = "one",
                PropagatedHistory = new() { Chunks = { chunk } },
                NewEvents = { new HistoryEvent { ExecutionStarted = new() { Name = "W" } } },
            },
            "");

        handed!.TryGetLastWorkflowEventByName("FULFIL", out var caller).ShouldBeTrue();
        caller!.Activities.Select(activity => (activity.Name, activity.Status, activity.Output, activity.FailureDetails?.ErrorType)).ShouldBe(
        [
            ("Reserve", PropagatedHistoryStatus.Completed, "2", null),
            ("Invoice", PropagatedHistoryStatus.Failed, null, "E"),
        ]);
        caller.Workflows.ShouldHaveSingleItem().Status.ShouldBe(PropagatedHistoryStatus.Pending);
        (handed.GetAppIds().Single(), handed.GetByInstanceId("order-1").Count).ShouldBe(("orders", 1));
    }

    [Fact]
    public void waits_between_reconnections_grow_to_a_bound_and_begin_anew()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), new Random(Seed: 7));

        double[] waits = [.. Enumerable.Range(0, 10).Select(_ => backoff.Next().TotalMilliseconds)];
        backoff.Reset();

        for (var number = 0; number < waits.Length; number++)
        {
            var whole = Math.Min(100 * Math.Pow(2, number), 5000);
            waits[number].ShouldBeInRange(whole / 2, whole);
        }

        backoff.Next().TotalMilliseconds.ShouldBeInRange(50, 100);
    }

    private static ActivityRequest Call(string name, string input = "\"1\"") =>
        new() { Name = name, Input = input, WorkflowInstance = new() { InstanceId = "one" } };

    private sealed record Line(int UnitPrice);

    private sealed class Stock : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Reserve(IServiceProvider services, Stock? stock = null) : WorkflowActivity<string, string>
    {
        public override Task<string> RunAsync(WorkflowActivityContext context, string input)
        {
            services.GetService<Stock>().ShouldBe(stock);
            return Task.FromResult($"reserved {input}");
        }
    }
}
