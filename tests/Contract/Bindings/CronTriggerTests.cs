using Sidecar.Hosting;
using Tests.Contract.Hosting;
using Tests.Contract.PubSub;
using Received = Tests.Contract.Hosting.Received;

namespace Tests.Contract.Bindings;

/// <summary>How triggers of bindings.cron reach an app. The rules are those of Dapr 1.18.3 (pkg/runtime/processor/binding).</summary>
public sealed class CronTriggerTests
{
    [Fact]
    public async Task an_app_is_asked_once_and_then_triggered_with_an_empty_json_post()
    {
        await using var rig = await BindingRig.StartAsync();
        var app = await rig.AppAsync("orders");
        rig.Start(app);
        await rig.WhenTriggeredAsync();

        await rig.UntilAsync(() => Triggers(app).Count == 2);

        app.Requests[0].Method.ShouldBe("OPTIONS");
        app.Requests.Count(r => r.Method == "OPTIONS").ShouldBe(1);
        var trigger = Triggers(app)[0];
        trigger.Target.ShouldBe("/sync");
        trigger.Body.ShouldBeEmpty();
        trigger.Headers["Content-Type"].ShouldBe("application/json");
        trigger.Headers["timeZone"].ShouldBe("Local");
        trigger.Headers["readTimeUTC"].ShouldBe("2026-11-21 12:00:05 +0000 UTC");
        trigger.Headers["Traceparent"].ShouldEndWith("-01");
        Triggers(app)[1].Headers["readTimeUTC"].ShouldBe("2026-11-21 12:00:10 +0000 UTC");
    }

    [Fact]
    public async Task an_app_that_answers_404_to_the_question_gets_no_triggers()
    {
        await using var rig = await BindingRig.StartAsync(new() { ["route"] = "status/404" });
        var app = await rig.AppAsync("orders");
        rig.Start(app);
        await rig.WhenTriggeredAsync("the app has no /status/404");

        await rig.PassAsync(20);

        app.Requests.ShouldHaveSingleItem().Method.ShouldBe("OPTIONS");
    }

    [Fact]
    public async Task method_not_allowed_says_that_the_path_is_there()
    {
        await using var rig = await BindingRig.StartAsync(new() { ["route"] = "/status/405" });
        var app = await rig.AppAsync("orders");
        rig.Start(app);
        await rig.WhenTriggeredAsync();

        await rig.UntilAsync(() => Triggers(app).Count == 1);
    }

    [Fact]
    public async Task with_a_direction_the_app_is_not_asked_and_one_that_refuses_is_told_once()
    {
        await using var rig = await BindingRig.StartAsync(new() { ["route"] = "status/404", ["direction"] = "Input" });
        var app = await rig.AppAsync("orders");
        rig.Start(app);
        await rig.WhenTriggeredAsync();

        await rig.UntilAsync(() => Triggers(app).Count == 3);

        app.Requests.ShouldAllBe(r => r.Method == "POST");
        await Eventually.HoldsAsync(() => rig.Log.Count("/status/404 does not take its triggers: the app answered 404") == 1);
    }

    [Fact]
    public async Task an_app_that_takes_triggers_again_is_told_too()
    {
        await using var rig = await BindingRig.StartAsync(new() { ["route"] = "toggle", ["direction"] = "input" });
        var app = await rig.AppAsync("orders");
        app.Broken = true;
        rig.Start(app);
        await rig.WhenTriggeredAsync();
        await rig.UntilAsync(() => rig.Log.Has("does not take its triggers: the app answered 500"));

        app.Broken = false;

        await rig.UntilAsync(() => rig.Log.Has("takes its triggers again"));
    }

    [Fact]
    public async Task a_retry_policy_of_the_component_repeats_what_is_not_200()
    {
        await using var rig = await BindingRig.StartAsync(new() { ["route"] = "failn/2/x", ["direction"] = "input" }, retries: 3);
        var app = await rig.AppAsync("orders");
        rig.Start(app);
        await rig.WhenTriggeredAsync();

        await rig.UntilAsync(() => Triggers(app).Count == 3);

        Triggers(app).Select(t => t.Headers["readTimeUTC"]).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task triggers_do_not_wait_for_each_other_within_a_limit()
    {
        await using var rig = await BindingRig.StartAsync(new() { ["route"] = "hang", ["direction"] = "input", ["schedule"] = "* * * * * *" });
        var app = await rig.AppAsync("orders");
        var running = rig.Start(app);
        await rig.WhenTriggeredAsync();

        await rig.UntilAsync(() => rig.Log.Has("a trigger is skipped, 100 are not answered yet"), stepMs: 1_000);
        await Eventually.HoldsAsync(() => Triggers(app).Count == 100);

        // And a stop does not wait for ever.
        var stopping = rig.StopAsync(running);
        await rig.UntilAsync(() => stopping.IsCompleted);
        await stopping;
    }

    [Fact]
    public async Task each_app_in_scope_is_triggered_at_the_same_time_and_stopped_on_its_own()
    {
        await using var rig = await BindingRig.StartAsync();
        var (orders, invoices) = (await rig.AppAsync("orders"), await rig.AppAsync("invoices"));
        var running = rig.Start(orders);
        rig.Start(invoices);
        await rig.WhenTriggeredAsync(apps: 2);
        await rig.UntilAsync(() => Triggers(orders).Count == 1 && Triggers(invoices).Count == 1);
        Triggers(orders)[0].Headers["readTimeUTC"].ShouldBe(Triggers(invoices)[0].Headers["readTimeUTC"]);

        await rig.StopAsync(running);
        await rig.UntilAsync(() => Triggers(invoices).Count == 3);

        Triggers(orders).Count.ShouldBe(1);
    }

    [Fact]
    public async Task an_unready_app_gets_no_triggers()
    {
        await using var rig = await BindingRig.StartAsync();
        var app = await rig.AppAsync("orders");
        app.IsReady = false;
        rig.Start(app);
        await rig.WhenTriggeredAsync();

        await rig.PassAsync(11);
        Triggers(app).ShouldBeEmpty();
        app.IsReady = true;

        await rig.UntilAsync(() => Triggers(app).Count == 1);
    }

    [Fact]
    public async Task an_app_that_gives_no_answer_to_the_question_is_asked_again()
    {
        await using var rig = await BindingRig.StartAsync(new() { ["route"] = "drop" });
        var app = await rig.AppAsync("orders");
        rig.Start(app);

        await rig.UntilAsync(() => app.Requests.Count >= 3);

        app.Requests.ShouldAllBe(r => r.Method == "OPTIONS");
    }

    [Fact]
    public async Task an_app_that_went_down_is_asked_and_triggered_again_when_it_is_back()
    {
        await using var rig = await BindingRig.StartAsync();
        var app = await RecordingApp.StartAsync();
        var port = app.Address.Port;
        using var channel = new AppChannel("orders", port, token: null);
        var runtime = rig.Runtime(channel);
        var monitor = new AppMonitor(
            channel, new AppHealth(channel, spec: null, rig.Time), BuildingBlocks.For(runtime).Subscribe, rig.Time, rig.Log);
        using var stop = new CancellationTokenSource();
        var monitoring = monitor.RunAsync(stop.Token);
        await rig.WhenTriggeredAsync();
        await rig.UntilAsync(() => app.On("/sync").Count >= 2);

        await app.AbortAsync();
        await rig.UntilAsync(() => rig.Log.Has("app is unhealthy"));
        app = await RecordingApp.StartAsync(port);
        await rig.UntilAsync(() => app.On("/sync").Count >= 2);

        rig.Log.Count("triggers POST /sync").ShouldBe(2);
        await stop.CancelAsync();
        await rig.UntilAsync(() => monitoring.IsCompleted);
        await app.DisposeAsync();
    }

    private static List<Received> Triggers(FakeApp app) => [.. app.Requests.Where(r => r.Method == "POST")];
}
