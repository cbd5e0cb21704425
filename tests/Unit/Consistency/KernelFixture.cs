using System.Diagnostics;
using Consistency;
using Consistency.Feeds;
using Consistency.Identity;
using Consistency.Outbox;
using Consistency.Storage;
using Contracts;
using Contracts.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Tests.Unit.Consistency;

/// <summary>A counter that units of work add to: the effect whose number the tests count.</summary>
public sealed class Tally
{
    public required string Name { get; init; }

    public long Count { get; set; }
}

/// <summary>A counter that others may follow. Those named "pulled..." are told to nobody.</summary>
public sealed class FedTally : IFed
{
    public required string Name { get; init; }

    public long Count { get; set; }

    string IFed.FeedKind => "tally";

    string IFed.FeedKey => Name;

    Lane IFed.FeedLane => Name.StartsWith("pulled", StringComparison.Ordinal) ? Lane.Pulled : Lane.Pushed;

    public static long Raise(UnitOfWork<TallyDb> work, string name)
    {
        var tally = work.Db.Fed.Find(name) ?? work.Db.Fed.Add(new FedTally { Name = name }).Entity;
        return ++tally.Count;
    }
}

public sealed class TallyDb(DbContextOptions<TallyDb> options) : DbContext(options)
{
    public DbSet<Tally> Tallies => Set<Tally>();

    public DbSet<FedTally> Fed => Set<FedTally>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Tally>().ToTable("tally").HasKey(t => t.Name);
        modelBuilder.Entity<FedTally>().ToTable("fed_tally").HasKey(t => t.Name);
    }
}

[EventType("tally.raised.v1", Topics.Orders)]
public sealed record TallyRaised(string Name, long Count);

/// <summary>The process died here.</summary>
public sealed class CrashException(CrashPoint point) : Exception($"crashed {point}");

/// <summary>
/// A real SQLite file, and as many "processes" on it as a test starts: a crashed one is given up and the next opens the same file.
/// </summary>
public sealed class KernelFixture : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("kernel-").FullName;
    private readonly List<Process> processes = [];

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public RecordingBroker Broker { get; } = new();

    public Process Start(CrashPoint? crashAt = null, string file = "test.db")
    {
        var process = new Process(Path.Combine(directory, file), Time, Broker, crashAt);
        processes.Add(process);
        return process;
    }

    /// <summary>Closes a process and copies its database.</summary>
    public async Task CopyAsync(Process process, string from, string to)
    {
        await process.Writes.DisposeAsync();
        process.Database.Dispose();
        File.Copy(Path.Combine(directory, from), Path.Combine(directory, to), overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.Writes.DisposeAsync();
            process.Database.Dispose();
        }

        Directory.Delete(directory, recursive: true);
    }

    public sealed class Process
    {
        private static readonly SchemaStep Table = new(
            "test/001",
            """
            CREATE TABLE tally (Name TEXT PRIMARY KEY, Count INTEGER NOT NULL);
            CREATE TABLE fed_tally (Name TEXT PRIMARY KEY, Count INTEGER NOT NULL);
            """);
        private readonly CrashPoint? crashAt;
        private bool crashed;

        public Process(string path, TimeProvider time, RecordingBroker broker, CrashPoint? crashAt)
        {
            this.crashAt = crashAt;
            Database = new Database<TallyDb>(path, o => new TallyDb(o));
            Database.ApplySchema([.. SchemaStep.Kernel, Table], time);
            Feed = new ChangeFeed<TallyDb>(Database);
            Feed.BeginGeneration(new UuidV7Source(time), time);
            Writes = new WriteQueue<TallyDb>(Database, new UuidV7Source(time), time, Hook);
            Outbox = new OutboxStore<TallyDb>(Database, Writes);
            Relay = new OutboxRelay<TallyDb>(
                Outbox, Writes, broker, new UuidV7Source(time).Next(), time, NullLogger.Instance, Hook);
        }

        public Database<TallyDb> Database { get; }

        public WriteQueue<TallyDb> Writes { get; }

        public ChangeFeed<TallyDb> Feed { get; }

        public OutboxStore<TallyDb> Outbox { get; }

        public OutboxRelay<TallyDb> Relay { get; }

        /// <summary>The crash hook, to hand to further parts of this process.</summary>
        public void Hook(CrashPoint point)
        {
            if (point == crashAt && !crashed)
            {
                crashed = true;
                throw new CrashException(point);
            }
        }

        public long Count(string name = "a") => Database.Read(db => db.Tallies.Find(name)?.Count ?? 0);

        /// <summary>The effect: raises a tally, and says so to the world.</summary>
        public static long Raise(UnitOfWork<TallyDb> work, string name = "a")
        {
            var tally = work.Db.Tallies.Find(name) ?? work.Db.Tallies.Add(new Tally { Name = name }).Entity;
            tally.Count++;
            work.Publish(name, tally.Count, new TallyRaised(name, tally.Count));
            return tally.Count;
        }
    }
}

/// <summary>A broker that remembers what it was given, and is away when told so.</summary>
public sealed class RecordingBroker : IMessagePublisher
{
    private readonly List<OutboxMessage> published = [];

    private readonly List<string?> traces = [];
    private int calls;

    public bool IsAway { get; set; }

    /// <summary>Publishes, failed ones included.</summary>
    public int Calls => Volatile.Read(ref calls);

    /// <summary>Under what each publish that did not fail ran.</summary>
    public IReadOnlyList<string?> Traces
    {
        get
        {
            lock (published)
            {
                return [.. traces];
            }
        }
    }

    public IReadOnlyList<OutboxMessage> Published
    {
        get
        {
            lock (published)
            {
                return [.. published];
            }
        }
    }

    public Task PublishAsync(string topic, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref calls);
        if (IsAway)
        {
            throw new IOException("the broker is away");
        }

        lock (published)
        {
            published.AddRange(messages);
            traces.Add(Activity.Current?.Id);
        }

        return Task.CompletedTask;
    }
}
