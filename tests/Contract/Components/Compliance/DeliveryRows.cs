using Tests.Contract.PubSub;

namespace Tests.Contract.Components.Compliance;

/// <summary>What a whole sidecar does with an app's answers; measured over HTTP.</summary>
internal static class DeliveryRows
{
    // Longer than processingTimeout, redeliverInterval and their sum, as BrokerUnderTest sets them.
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(2);

    /// <summary>Two subjects, 50 messages each, interleaved.</summary>
    public static async Task<string> OrderOfOneSubjectAsync(BrokerUnderTest broker)
    {
        await using var rig = await StartAsync(broker);
        for (var i = 0; i < 100; i++)
        {
            await PublishAsync(rig, i % 2 == 0 ? "even" : "odd", i);
        }
        await Eventually.HoldsAsync(() => rig.Seen.Distinct().Count() == 100);
        var firsts = rig.Seen.Distinct().ToList();
        return InOrder(firsts.Where(n => n % 2 == 0)) && InOrder(firsts.Where(n => n % 2 == 1)) ? "kept" : "not kept";
    }

    /// <summary>The first of a subject is not answered until a later one of the same has come, or a while has passed.</summary>
    public static Task<string> SlowHoldsBackSameSubjectAsync(BrokerUnderTest broker) => SlowAsync(broker, "same");

    /// <summary>The first of a subject is not answered until one of another has come.</summary>
    public static Task<string> SlowHoldsBackOthersAsync(BrokerUnderTest broker) => SlowAsync(broker, "other");

    /// <summary>A message fails for as long as it takes one of another subject to come.</summary>
    public static async Task<string> RetryHoldsBackOthersAsync(BrokerUnderTest broker)
    {
        await using var rig = await StartAsync(broker, retries: 500);
        var passed = false;
        rig.Rig.App.Answer = r => Task.FromResult(new Reply(NumberOf(r) == 0 && !Volatile.Read(ref passed) ? 500 : 200));
        await PublishAsync(rig, "a", 0);
        await Eventually.HoldsAsync(() => rig.Seen.Count(n => n == 0) > 1);
        await PublishAsync(rig, "b", 1);
        var held = !await HappensAsync(() => rig.Seen.Contains(1));
        Volatile.Write(ref passed, true);
        return held ? "yes" : "no";
    }

    /// <summary>The only message is not answered until it comes a second time, or a while has passed.</summary>
    public static async Task<string> AgainWhileRunningAsync(BrokerUnderTest broker)
    {
        await using var rig = await StartAsync(broker);
        var release = new TaskCompletionSource();
        rig.Rig.App.Answer = async _ =>
        {
            await release.Task;
            return new Reply(200);
        };
        await PublishAsync(rig, "a", 0);
        var again = await HappensAsync(() => rig.Seen.Count > 1);
        release.SetResult();
        return again ? "yes" : "no";
    }

    /// <summary>How often a message comes that the app always fails, and where it ends.</summary>
    public static async Task<string> FailureAsync(BrokerUnderTest broker, int? retries, bool deadLetters)
    {
        await using var rig = await StartAsync(broker, retries, deadLetters);
        rig.Rig.App.Answer = r => Task.FromResult(new Reply(r.Path == "/t" ? 500 : 200));
        await PublishAsync(rig, "a", 0);
        await Eventually.HoldsAsync(() => rig.Rig.App.On(deadLetters ? "/dead" : "/t").Count > (deadLetters ? 0 : retries ?? 0));
        var count = rig.Rig.App.On("/t").Count;
        // Once it is settled, none comes any more.
        if (await HappensAsync(() => rig.Rig.App.On("/t").Count > count))
        {
            return "comes again for ever";
        }
        var deliveries = $"{count} {(count == 1 ? "delivery" : "deliveries")}";
        return $"{deliveries}, then {(deadLetters ? $"{rig.Rig.App.On("/dead").Count} dead letter" : "lost")}";
    }

    /// <summary>Published with a second to live to an app that is away for longer.</summary>
    public static async Task<string> ExpiredAsync(BrokerUnderTest broker)
    {
        await using var rig = await StartAsync(broker);
        await rig.Rig.UnsubscribeAsync();
        await PublishAsync(rig, "a", 0, "&metadata.ttlInSeconds=1");
        await PublishAsync(rig, "b", 1);
        await Task.Delay(TimeSpan.FromMilliseconds(1_500), TimeProvider.System); // the time to live itself: there is nothing else to wait for
        rig.Rig.SetReady(true);
        await rig.Rig.SubscribeAsync();
        await Eventually.HoldsAsync(() => rig.Seen.Contains(1));
        return await HappensAsync(() => rig.Seen.Contains(0)) ? "delivered" : "not delivered";
    }

    private static async Task<string> SlowAsync(BrokerUnderTest broker, string subjectOfSecond)
    {
        await using var rig = await StartAsync(broker);
        var release = new TaskCompletionSource();
        rig.Rig.App.Answer = async r =>
        {
            if (NumberOf(r) == 0)
            {
                await release.Task;
            }
            return new Reply(200);
        };
        await PublishAsync(rig, "same", 0);
        await Eventually.HoldsAsync(() => rig.Seen.Count > 0);
        await PublishAsync(rig, subjectOfSecond, 1);
        var held = !await HappensAsync(() => rig.Seen.Contains(1));
        release.SetResult();
        return held ? "yes" : "no";
    }

    private static async Task<Run> StartAsync(BrokerUnderTest broker, int? retries = null, bool deadLetters = false)
    {
        var topic = $"t{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}";
        var letters = deadLetters ? $$""","deadLetterTopic":"{{topic}}.dead"},{"pubsubname":"pubsub","topic":"{{topic}}.dead","route":"dead"}""" : "}";
        var rig = await PubSubRig.StartAsync(new RigOptions
        {
            Subscriptions = $$"""[{"pubsubname":"pubsub","topic":"{{topic}}","route":"t"{{letters}}]""",
            Retries = retries,
            Broker = (broker.Component, broker.OpenAsync),
        });
        return new Run(rig, topic);
    }

    private static async Task PublishAsync(Run run, string subject, int number, string more = "")
    {
        var (status, body) = await run.Rig.PublishAsync(
            $"/v1.0/publish/pubsub/{run.Topic}?metadata.cloudevent.subject={subject}{more}", $$"""{"n":{{number}}}""");
        status.ShouldBe(204, body);
    }

    private static int NumberOf(Received received)
    {
        using var json = System.Text.Json.JsonDocument.Parse(received.Body);
        return json.RootElement.GetProperty("data").GetProperty("n").GetInt32();
    }

    private static bool InOrder(IEnumerable<int> numbers)
    {
        var all = numbers.ToList();
        return all.SequenceEqual(all.Order());
    }

    private static async Task<bool> HappensAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(AWhile, TimeProvider.System);
        while (!condition() && !limit.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
        return condition();
    }

    private sealed record Run(PubSubRig Rig, string Topic) : IAsyncDisposable
    {
        /// <summary>Numbers of the deliveries, in order of arrival.</summary>
        public IReadOnlyList<int> Seen => [.. Rig.App.On("/t").Select(NumberOf)];

        public ValueTask DisposeAsync() => Rig.DisposeAsync();
    }
}
