using System.Collections.Concurrent;
using System.Text.Json;
using Consistency;
using Consistency.Feeds;
using Consistency.Outbox;
using Contracts;
using Contracts.Events;
using Contracts.Feeds;
using Dapr.AspNetCore;
using Microsoft.Extensions.Time.Testing;
using ServiceDefaults.Feeds;
using ServiceDefaults.Messaging;

namespace Tests.Simulation;

/// <summary>The process died here.</summary>
public sealed class CrashException(CrashPoint point) : Exception($"crashed {point}");

/// <summary>How hostile the world is: probabilities per event.</summary>
/// <param name="Duplicate">A delivery is made a second time.</param>
/// <param name="Crash">A process dies at a crash point.</param>
/// <param name="BrokerAway">A publish fails, or the owner of a feed does not answer.</param>
/// <param name="LoseEvery">Every so many deliveries one is acknowledged by nobody's hand, and lost for good; 0 for none.</param>
/// <param name="AttemptsMax">A delivery that was refused so often is given up; its dead letter is wiped, or kept.</param>
/// <param name="Fail">A handler fails.</param>
/// <param name="KeepsDeadLetters">What is given up comes on the dead-letter topic, to all that subscribe to it.</param>
/// <param name="Operate">An operator replays, or parked messages are looked for.</param>
public sealed record Hostility(
    double Duplicate, double Crash, double BrokerAway, int LoseEvery = 0, int AttemptsMax = int.MaxValue, double Fail = 0, bool KeepsDeadLetters = false,
    double Operate = 0);

/// <summary>A message on its way to a subscriber.</summary>
/// <param name="Service">The subscriber.</param>
/// <param name="Type">Type of the event, or the dead-letter topic that brings it.</param>
/// <param name="Event">Envelope.</param>
internal sealed record Delivery(ISimulatedService Service, string Type, JsonElement Event)
{
    public int Attempts { get; set; }
}

/// <summary>
/// Broker, clock and fate for a simulated system, all drawn from one seed. Deliveries come in random order (no order at all between
/// messages, which is worse than any real broker), some twice, and processes die at crash points.
/// </summary>
internal sealed class SimulatedWorld(int seed, Hostility hostility)
{
    /// <summary>How long what is pushed must have been quiet.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);

    /// <summary>How often all services synchronize.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const int BatchMax = 5;
    private const int SessionRoundsMax = 1000;
    private const int PageMax = 7;
#pragma warning disable RS0030 // This is the one seeded source that the rule asks for.
    private readonly Random random = new(seed);
#pragma warning restore RS0030
    private readonly List<Delivery> inFlight = [];
    private readonly List<ISimulatedService> services = [];
    private readonly List<(ISimulatedService Service, EventTypeAttribute Type)> subscriptions = [];
    private bool calm;
    private int instances;
    private int deliveries;

    /// <summary>True where services follow each other's feeds in between as well, a page here and a page there.</summary>
    public bool Syncs { get; init; }

    public IFeedClient FeedClient => new SimulatedFeedClient(this);

    public int Lost { get; private set; }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public int Crashes { get; private set; }

    public int Duplicates { get; private set; }

    public Random Random => random;

    /// <summary>Messages that were handled although one before them was dead or parked.</summary>
    public ConcurrentBag<string> OutOfTurn { get; } = [];

    /// <summary>True while every handler fails.</summary>
    public bool IsBroken { get; set; }

    public int NextInstance() => instances++;

    /// <summary>Whether a handler fails now.</summary>
    public bool HandlerFails()
    {
        if (IsBroken)
        {
            return true;
        }

        if (hostility.Fail == 0)
        {
            return false;
        }

        lock (inFlight)
        {
            return !calm && random.NextDouble() < hostility.Fail;
        }
    }

    public void Add(ISimulatedService service) => services.Add(service);

    public void Subscribe(ISimulatedService service, EventTypeAttribute type) => subscriptions.Add((service, type));

    public void Crash(CrashPoint point)
    {
        // Drawn under a lock: crash points are reached on the writers' threads as well.
        lock (inFlight)
        {
            if (calm || random.NextDouble() >= hostility.Crash)
            {
                return;
            }

            Crashes++;
        }

        throw new CrashException(point);
    }

    public IMessagePublisher PublisherFor(string appId) => new Publisher(this, appId);

    /// <summary>Relays and delivers until nothing is on its way. From then on nothing bad happens, so the system must settle.</summary>
    public async Task SettleAsync()
    {
        calm = true;
        for (var round = 0; round < 100_000; round++)
        {
            foreach (var service in services)
            {
                await service.RelayAsync();
            }

            if (inFlight.Count == 0 && services.All(s => s.Unsent() == 0))
            {
                return;
            }

            await DeliverSomeAsync();
        }

        throw new InvalidOperationException("The system did not settle: messages go round for ever.");
    }

    /// <summary>From now on nothing bad happens but what is lost; messages come to rest, and the given number of ticks pass.</summary>
    public async Task SyncAsync(int ticks)
    {
        await SettleAsync();
        for (var i = 0; i < ticks; i++)
        {
            var next = (Time.GetUtcNow().UtcTicks / Interval.Ticks) + 1;
            Time.SetUtcNow(new DateTimeOffset(next * Interval.Ticks, TimeSpan.Zero));
            await TickAsync();
            await SettleAsync();
        }
    }

    /// <summary>
    /// All services synchronize at the same time, each page where the seed wants it, until a round has brought nothing more to anybody.
    /// </summary>
    public async Task TickAsync()
    {
        foreach (var (service, source) in Links())
        {
            await AliveAsync(service, () => service.RetryAsync(source));
        }

        for (var round = 0; round < SessionRoundsMax; round++)
        {
            var count = 0;
            foreach (var (service, source) in Links())
            {
                foreach (var lane in (string[])[FeedLanes.Pulled, FeedLanes.Pushed])
                {
                    Time.Advance(TimeSpan.FromMilliseconds(1));
                    await AliveAsync(service, async () => count += await service.FollowAsync(source, lane));
                }
            }

            if (count == 0)
            {
                return;
            }
        }

        throw new InvalidOperationException("The services did not come to rest: changes go round for ever.");
    }

    /// <summary>One step of a hostile world: a relay runs, or a few messages of one subscription are delivered.</summary>
    public async Task StepAsync()
    {
        var service = services[random.Next(services.Count)];
        Time.Advance(TimeSpan.FromMilliseconds(random.Next(50)));
        try
        {
            await service.RelayAsync();
        }
        catch (CrashException)
        {
            await service.RestartAsync();
        }
        catch (IOException)
        {
            // The broker was away; the outbox keeps the messages.
        }

        await DeliverSomeAsync();
        await OperateAsync();
        if (Syncs)
        {
            var (follower, source) = Links()[0];
            var lane = random.Next(2) == 0 ? FeedLanes.Pulled : FeedLanes.Pushed;
            await AliveAsync(follower, () => follower.FollowAsync(source, lane));
        }
    }

    /// <summary>From now on nothing bad happens; operators replay until nothing is dead or parked any more.</summary>
    public async Task SettleLettersAsync()
    {
        await SettleAsync();
        foreach (var service in services)
        {
            await service.ReleaseAsync();
        }

        while (services.Any(s => s.Letters().Any(l => l.EndedAt is null)))
        {
            foreach (var service in services)
            {
                await service.ReplayAllAsync();
            }

            await SettleAsync();
        }
    }

    // One operator, or two at the same time who know nothing of each other, or the rounds of the service itself.
    private async Task OperateAsync()
    {
        if (hostility.Operate == 0 || random.NextDouble() >= hostility.Operate)
        {
            return;
        }

        var service = services[random.Next(services.Count)];
        var crashesBefore = Crashes;
        try
        {
            await (random.Next(3) switch
            {
                0 => service.ReleaseAsync(),
                1 => service.ReplayAllAsync(),
                _ => Task.WhenAll(service.ReplayAllAsync(), service.ReplayAllAsync(), service.ReleaseAsync()),
            });
        }
        catch (CrashException)
        {
            // Died in the middle of it.
        }

        if (Crashes > crashesBefore)
        {
            await service.RestartAsync();
        }
    }

    // Who follows whom, in random order.
    private List<(ISimulatedService Service, string Source)> Links() =>
        [.. services.SelectMany(s => s.Sources.Select(source => (s, source))).OrderBy(_ => random.Next())];

    private async Task AliveAsync(ISimulatedService service, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (CrashException)
        {
            await service.RestartAsync();
        }
    }

    private bool BrokerIsAway() => !calm && random.NextDouble() < hostility.BrokerAway;

    private async Task DeliverSomeAsync()
    {
        if (inFlight.Count == 0)
        {
            return;
        }

        var (service, type, _) = inFlight[random.Next(inFlight.Count)];
        var batch = inFlight.Where(m => m.Service == service && m.Type == type).OrderBy(_ => random.Next()).Take(BatchMax).ToList();
        batch.ForEach(m => inFlight.Remove(m));
        batch.RemoveAll(IsLost);
        var entries = batch.Select((m, i) => new BulkSubscribeMessageEntry<JsonElement>($"{i}", "application/cloudevents+json", [], m.Event)).ToList();
        var crashesBefore = Crashes;
        try
        {
            var response = await service.DeliverAsync(type, new BulkSubscribeMessage<JsonElement>(entries, "t", []));
            if (Crashes > crashesBefore)
            {
                // The writer died at its commit: a dead process answers nothing, whatever this one still computed.
                throw new CrashException(CrashPoint.BeforeAcknowledge);
            }

            foreach (var refused in response.Statuses.Where(s => s.Status == "RETRY").Select(s => batch[int.Parse(s.EntryId)]))
            {
                if (++refused.Attempts < hostility.AttemptsMax)
                {
                    inFlight.Add(refused);
                }
                else
                {
                    GiveUp(refused);
                }
            }

            RepeatSome(batch);
        }
        catch (CrashException)
        {
            // Nobody answered the broker: it delivers all of them again.
            inFlight.AddRange(batch);
            await service.RestartAsync();
        }
    }

    private void GiveUp(Delivery delivery)
    {
        // A dead letter that cannot be kept is delivered on and on.
        if (delivery.Type.EndsWith(Topics.DeadLetterOf(""), StringComparison.Ordinal))
        {
            inFlight.Add(delivery);
            return;
        }

        if (hostility.KeepsDeadLetters)
        {
            var topic = subscriptions.First(s => s.Type.Type == delivery.Type).Type.Topic;
            inFlight.AddRange(subscriptions.Where(s => s.Type.Topic == topic).Select(s => s.Service).Distinct()
                .Select(s => new Delivery(s, Topics.DeadLetterOf(topic), delivery.Event)));
        }
    }

    private bool IsLost(Delivery delivery)
    {
        if (hostility.LoseEvery == 0 || ++deliveries % hostility.LoseEvery != 0)
        {
            return false;
        }

        Lost++;
        return true;
    }

    private void RepeatSome(List<Delivery> batch)
    {
        foreach (var message in batch.Where(_ => !calm && random.NextDouble() < hostility.Duplicate))
        {
            Duplicates++;
            inFlight.Add(message);
        }
    }

    // Pages come at once; an owner that is away is a matter of fate.
    private sealed class SimulatedFeedClient(SimulatedWorld world) : IFeedClient
    {
        public Task<ChangePage> ReadAsync(
            string source, string after, string lane, TimeSpan quiet, TimeSpan wait, CancellationToken cancellationToken)
        {
            if (world.BrokerIsAway())
            {
                throw new HttpRequestException($"{source} is away");
            }

            FeedCursor.TryParse(after, out var cursor).ShouldBeTrue();
            Lane? asked = lane switch { FeedLanes.Pulled => Lane.Pulled, FeedLanes.Pushed => Lane.Pushed, _ => null };
            var query = new FeedQuery(cursor, asked, PageMax, quiet, wait);
            return Task.FromResult(world.services.Single(s => s.AppId == source).ReadFeed(query));
        }
    }

    private sealed class Publisher(SimulatedWorld world, string appId) : IMessagePublisher
    {
        public Task PublishAsync(string topic, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
        {
            if (world.BrokerIsAway())
            {
                throw new IOException("the broker is away");
            }

            foreach (var message in messages)
            {
                var element = JsonSerializer.SerializeToElement(new OutgoingEvent(appId, message), JsonSerializerOptions.Web);
                world.inFlight.AddRange(world.subscriptions
                    .Where(s => s.Type.Type == message.Type)
                    .Select(s => new Delivery(s.Service, message.Type, element)));
            }

            return Task.CompletedTask;
        }
    }
}
