using Consistency.Caching;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Tests.Unit.Consistency.Caching;

/// <summary>
/// Two processes read, put and drop values of an owner that changes them, through stores of all degrees of hostility. Whatever happens, an answer
/// was the newest within the bound, or when its reader asked.
/// </summary>
public sealed class StalenessTests
{
    private const int Readers = 10;
    private const int ReadsEach = 120;
    private static readonly string[] Ids = ["a", "b", "c"];
    private static readonly CacheSettings Settings = new() { Staleness = TimeSpan.FromSeconds(2), Pause = TimeSpan.FromMilliseconds(500) };

    public static TheoryData<int, double> Runs()
    {
        var runs = new TheoryData<int, double>();
        for (var seed = 1; seed <= 24; seed++)
        {
            runs.Add(seed, seed % 6 * 0.08);
        }

        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void no_answer_is_staler_than_the_bound(int seed, double hostility)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        var random = new Random(seed);
        var store = new HostileStore(random, time, hostility);
        var seal = new EntrySeal(new byte[EntrySeal.SecretBytesMin]);
        var caches = Enumerable.Range(0, 2)
            .Select(_ => new VersionedCache<Thing>("thing", new GuardedStore(store, Settings, time, NullLogger<GuardedStore>.Instance), seal))
            .ToList();
        var owner = new Owner(random, time);
        using var stop = new CancellationTokenSource();

        new SimulatedThread(time).Run(async () =>
        {
            var others = Task.WhenAll(owner.ChangeAsync(Ids, stop.Token), FollowAsync(caches, owner, random, time, stop.Token));
            await Task.WhenAll(Enumerable.Range(0, Readers).Select(r => ReadAsync(caches[r % 2], owner, random, time)));
            await stop.CancelAsync();
            await others;
        });

        caches.Sum(c => c.Figures.Hits).ShouldBeGreaterThan(0);
        (caches.Sum(c => c.Figures.Rejected + c.Figures.Failed) > 0).ShouldBe(hostility > 0);
    }

    private static async Task ReadAsync(VersionedCache<Thing> cache, Owner owner, Random random, TimeProvider time)
    {
        for (var i = 0; i < ReadsEach; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(150)), time, CancellationToken.None);
            var id = Ids[random.Next(Ids.Length)];
            var maxAge = random.Next(8) switch { 0 => TimeSpan.Zero, 1 => TimeSpan.FromSeconds(1), _ => TimeSpan.MaxValue };
            var asked = time.GetUtcNow();
            CacheAnswer<Thing>? answer;
            try
            {
                answer = await cache.GetAsync(id, _ => owner.AskAsync(id), maxAge, CancellationToken.None);
            }
            catch (OwnerAwayException)
            {
                continue;
            }

            answer!.Value.Name.ShouldBe($"{id}-{answer.Version}");
            var answered = time.GetUtcNow();
            var bound = answered - (maxAge < Settings.Staleness ? maxAge : Settings.Staleness);
            var oldest = asked < bound ? asked : bound;
            var replaced = owner.ReplacedAt(id, answer.Version);
            replaced.ShouldBeGreaterThanOrEqualTo(
                oldest, $"{id} {answer.Version}, {answer.Outcome}, age {answer.Age}, asked at {asked:O}, answered at {answered:O}");
        }
    }

    // What follows a feed: puts what it learned, late at times, or drops what has changed.
    private static async Task FollowAsync(
        List<VersionedCache<Thing>> caches, Owner owner, Random random, TimeProvider time, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var (id, cache, asOf) = (Ids[random.Next(Ids.Length)], caches[random.Next(2)], time.GetUtcNow());
            var known = owner.Now(id);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(random.Next(5) == 0 ? 3_000 : 100)), time, CancellationToken.None);
            await (random.Next(2) == 0 ? cache.DropAsync(id) : cache.PutAsync(id, known, asOf));
        }
    }

    private sealed class OwnerAwayException : Exception;

    private sealed class Owner(Random random, TimeProvider time)
    {
        private readonly Dictionary<string, List<DateTimeOffset>> changes = new(StringComparer.Ordinal);

        public async Task ChangeAsync(string[] ids, CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                Changes(ids[random.Next(ids.Length)]).Add(time.GetUtcNow());
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(random.Next(4) == 0 ? 4_000 : 200)), time, CancellationToken.None);
            }
        }

        public Versioned<Thing> Now(string id) => new(new Thing($"{id}-{Changes(id).Count}"), Changes(id).Count);

        public async Task<Versioned<Thing>?> AskAsync(string id)
        {
            var slow = random.Next(20) == 0 ? 3_000 : 60;
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(slow)), time, CancellationToken.None);
            var answer = Now(id);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(slow)), time, CancellationToken.None);
            return random.Next(15) == 0 ? throw new OwnerAwayException() : answer;
        }

        /// <summary>When a version stopped being the newest.</summary>
        public DateTimeOffset ReplacedAt(string id, long version) =>
            Changes(id).Count > version ? Changes(id)[(int)version] : DateTimeOffset.MaxValue;

        private List<DateTimeOffset> Changes(string id) => changes.TryGetValue(id, out var known) ? known : changes[id] = [];
    }
}
