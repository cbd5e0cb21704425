using System.Text.Json;

namespace Tests.Contract.PubSub;

/// <summary>An app that is away is no judgement on messages: they wait.</summary>
public class AppAwayTests : PubSubSuite
{
    private const string Subscriptions =
        """
        [{"pubsubname":"pubsub","topic":"t","route":"/t","deadLetterTopic":"dead"},
         {"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
        """;

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public async Task messages_wait_while_the_app_is_stopped_and_burn_no_retries(int? retries)
    {
        await using var rig = await StartAsync(retries);
        await rig.UnsubscribeAsync();
        await rig.StopAppAsync();

        (await rig.PublishAsync("/v1.0/publish/pubsub/t", "{}")).Status.ShouldBe(204);
        await rig.RestartAppAsync();
        rig.SetReady(true);
        await rig.SubscribeAsync();

        await Eventually.HoldsAsync(() => rig.App.On("/t").Count == 1);
        rig.App.On("/dead").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public async Task a_refused_connection_is_tried_again_until_the_app_is_back(int? retries)
    {
        await using var rig = await StartAsync(retries);
        await rig.StopAppAsync(); // and no health check has noticed yet

        await rig.PublishAsync("/v1.0/publish/pubsub/t", "{}");
        await Eventually.StaysAsync(() => rig.App.On("/t").Count == 0, TimeSpan.FromMilliseconds(300));
        await rig.RestartAppAsync();

        await Eventually.HoldsAsync(() => rig.App.On("/t").Count == 1);
        rig.App.On("/dead").ShouldBeEmpty();
    }

    [Fact]
    public async Task an_app_that_becomes_unready_in_the_middle_gets_the_message_again_when_it_is_back()
    {
        await using var rig = await StartAsync(retries: null);
        var entered = new TaskCompletionSource();
        rig.App.Answer = async _ =>
        {
            entered.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System); // never answers: it crashes
            return new Reply(200);
        };
        await rig.PublishAsync("/v1.0/publish/pubsub/t", "{}");
        await entered.Task;

        var stopping = rig.UnsubscribeAsync();
        await stopping;
        await rig.RestartAppOnNewServerAsync();
        rig.SetReady(true);
        await rig.SubscribeAsync();

        await Eventually.HoldsAsync(() => rig.App.On("/t").Count == 1);
        rig.App.On("/dead").ShouldBeEmpty();
    }

    [Fact]
    public async Task subscriptions_are_read_anew_when_the_app_is_back()
    {
        await using var rig = await StartAsync(retries: null);
        await rig.UnsubscribeAsync();
        rig.App.Subscriptions = """[{"pubsubname":"pubsub","topic":"other","route":"/other"}]""";

        rig.SetReady(true);
        await rig.SubscribeAsync();
        await rig.PublishAsync("/v1.0/publish/pubsub/other", "{}");

        await Eventually.HoldsAsync(() => rig.App.On("/other").Count == 1);
        rig.Runtime.ActiveSubscriptions.ShouldHaveSingleItem().Topic.ShouldBe("other");
    }

    [Fact]
    public async Task unlimited_retries_go_on_until_the_app_accepts()
    {
        await using var rig = await StartAsync(retries: -1);
        rig.App.Answer = r => Task.FromResult(new Reply(rig.App.On("/t").Count < 20 ? 500 : 200));

        await rig.PublishAsync("/v1.0/publish/pubsub/t", "{}");

        await Eventually.HoldsAsync(() => rig.App.On("/t").Count == 20);
        rig.App.On("/dead").ShouldBeEmpty();
    }

    [Fact]
    public async Task stuck_messages_do_not_hold_back_others_even_with_one_delivery_at_a_time()
    {
        await using var rig = await RigAsync(new RigOptions { Retries = -1, Concurrency = 1, Subscriptions = Subscriptions });
        rig.App.Answer = r => Task.FromResult(new Reply(r.Body.Contains("stuck", StringComparison.Ordinal) ? 500 : 200));
        for (var i = 0; i < 5; i++)
        {
            await PublishAsync(rig, $"stuck{i}", 0);
            await PublishAsync(rig, $"stuck{i}", 1);
        }

        for (var i = 0; i < 50; i++)
        {
            await PublishAsync(rig, "fine", i);
        }

        await Eventually.HoldsAsync(() => Numbers(rig, "fine").Count == 50);
        Numbers(rig, "fine").ShouldBe(Enumerable.Range(0, 50));
        for (var i = 0; i < 5; i++)
        {
            Numbers(rig, $"stuck{i}").ShouldAllBe(n => n == 0); // the second of a subject waits for the first
        }
    }

    [Fact]
    public async Task a_handler_that_hangs_does_not_hold_back_others_even_with_one_delivery_at_a_time()
    {
        await using var rig = await RigAsync(new RigOptions
        {
            Retries = -1, Timeout = TimeSpan.FromMilliseconds(100), Concurrency = 1, Subscriptions = Subscriptions,
        });
        var hung = new TaskCompletionSource();
        rig.App.Answer = async r =>
        {
            if (r.Body.Contains("stuck", StringComparison.Ordinal))
            {
                await hung.Task;
            }
            return new Reply(200);
        };
        await PublishAsync(rig, "stuck", 0);

        await PublishAsync(rig, "fine", 0);

        await Eventually.HoldsAsync(() => Numbers(rig, "fine").Count == 1);
        hung.SetResult();
    }

    [Fact]
    public async Task an_app_that_fails_everything_is_not_fed_its_whole_backlog()
    {
        await using var rig = await RigAsync(new RigOptions { Retries = -1, Concurrency = 2, Subscriptions = Subscriptions });
        rig.App.Answer = _ => Task.FromResult(new Reply(500));
        for (var i = 0; i < 200; i++)
        {
            await PublishAsync(rig, $"s{i}", i);
        }

        await Eventually.HoldsAsync(() => rig.App.On("/t").Count > 500);

        rig.App.On("/t").Select(r => r.Body).Distinct().Count().ShouldBeLessThanOrEqualTo(64 + 2);
    }

    private Task<PubSubRig> StartAsync(int? retries) =>
        RigAsync(new RigOptions { Retries = retries, Subscriptions = Subscriptions });

    private static Task PublishAsync(PubSubRig rig, string subject, int number) => rig.PublishAsync(
        "/v1.0/publish/pubsub/t", $$"""{"subject":"{{subject}}","data":{{number}}}""", "application/cloudevents+json");

    private static List<int> Numbers(PubSubRig rig, string subject) =>
    [
        .. rig.App.On("/t").Select(r => JsonDocument.Parse(r.Body).RootElement)
            .Where(e => e.GetProperty("subject").GetString() == subject).Select(e => e.GetProperty("data").GetInt32()),
    ];
}
