using System.Text.Json;
using Consistency;
using Consistency.Outbox;
using Contracts.Events;
using Dapr.AspNetCore;
using Microsoft.Extensions.Time.Testing;
using ServiceDefaults.Messaging;

namespace Tests.Simulation;

/// <summary>The process died here.</summary>
public sealed class CrashException(CrashPoint point) : Exception($"crashed {point}");

/// <summary>How hostile the world is: probabilities per event.</summary>
/// <param name="Duplicate">A delivery is made a second time.</param>
/// <param name="Crash">A process dies at a crash point.</param>
/// <param name="BrokerAway">A publish fails.</param>
public sealed record Hostility(double Duplicate, double Crash, double BrokerAway);

/// <summary>
/// Broker, clock and fate for a simulated system, all drawn from one seed. Deliveries come in random order (no order at all between
/// messages, which is worse than any real broker), some twice, and processes die at crash points.
/// </summary>
internal sealed class SimulatedWorld(int seed, Hostility hostility)
{
    private const int BatchMax = 5;
#pragma warning disable RS0030 // This is the one seeded source that the rule asks for.
    private readonly Random random = new(seed);
#pragma warning restore RS0030
    private readonly List<(ISimulatedService Service, string Type, JsonElement Event)> inFlight = [];
    private readonly List<(ISimulatedService Service, EventTypeAttribute Type)> subscriptions = [];
    private bool calm;
    private int instances;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public int Crashes { get; private set; }

    public int Duplicates { get; private set; }

    public Random Random => random;

    public int NextInstance() => instances++;

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
        var services = subscriptions.Select(s => s.Service).Distinct().ToList();
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

    /// <summary>One step of a hostile world: a relay runs, or a few messages of one subscription are delivered.</summary>
    public async Task StepAsync()
    {
        var services = subscriptions.Select(s => s.Service).Distinct().ToList();
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

            foreach (var answer in response.Statuses.Where(s => s.Status == "RETRY"))
            {
                inFlight.Add(batch[int.Parse(answer.EntryId)]);
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

    private void RepeatSome(List<(ISimulatedService Service, string Type, JsonElement Event)> batch)
    {
        foreach (var message in batch.Where(_ => !calm && random.NextDouble() < hostility.Duplicate))
        {
            Duplicates++;
            inFlight.Add(message);
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
                world.inFlight.AddRange(world.subscriptions.Where(s => s.Type.Type == message.Type).Select(s => (s.Service, message.Type, element)));
            }

            return Task.CompletedTask;
        }
    }
}
