using Consistency;
using Consistency.DeadLetters;
using Consistency.Storage;
using Contracts.DeadLetters;
using Contracts.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Unit.Consistency.DeadLetters;

/// <summary>
/// A service with dead letters on a real database file, and as many processes on it as a test starts. Its handler raises the tally of the message's
/// aggregate, and fails where the test wants it to.
/// </summary>
internal sealed class LetterRig : IAsyncDisposable
{
    public const string Consumer = "me";
    private readonly List<string> handled = [];

    public LetterRig() => Now = Start();

    public KernelFixture Kernel { get; } = new();

    /// <summary>The process at work.</summary>
    public LetterProcess Now { get; private set; }

    /// <summary>Messages whose handling fails, by what.</summary>
    public Dictionary<string, Exception> Failing { get; } = new(StringComparer.Ordinal);

    /// <summary>Messages that are no news to the handler.</summary>
    public HashSet<string> Stale { get; } = new(StringComparer.Ordinal);

    /// <summary>Messages that were handled, in that order; also in transactions that were taken back.</summary>
    public IReadOnlyList<string> Handled
    {
        get
        {
            lock (handled)
            {
                return [.. handled];
            }
        }
    }

    public static DeadLetter Letter(string id, string subject = "a", long version = 1, string topic = "orders", string? traceparent = null, bool isOurs = true) =>
        new(id, topic, "tally.raised.v1", subject, version, $"{{\"id\":\"{id}\",\"subject\":\"{subject}\"}}", traceparent, isOurs);

    public LetterProcess Start(CrashPoint? crashAt = null) => Now = new LetterProcess(Kernel.Start(crashAt), Kernel, Handle);

    /// <summary>Keeps messages as dead, as if the broker had given them up.</summary>
    public async Task KeepAsync(params DeadLetter[] letters)
    {
        foreach (var letter in letters)
        {
            await Now.ExecuteAsync(work => DeadLetterStore.Keep(work, Consumer, letter));
        }
    }

    public async Task ParkAsync(params DeadLetter[] letters)
    {
        foreach (var letter in letters)
        {
            await Now.ExecuteAsync(work => DeadLetterStore.Park(work, Consumer, letter));
        }
    }

    public Task<LetterOutcome?> ReplayAsync(long id, bool force = false) => Now.Decisions.ReplayAsync(id, force, "ann", CancellationToken.None);

    public Task<LetterOutcome?> DiscardAsync(long id) => Now.Decisions.DiscardAsync(id, "sent by mistake", "ann", CancellationToken.None);

    public DeadLetterEntry Find(long id) => Now.Process.Database.FindDeadLetter(id)!.Letter;

    public Page<DeadLetterEntry> List(string? status = null, DeadLetterFilter? filter = null, long after = 0, int size = 1000) =>
        Now.Process.Database.ListDeadLetters(status, filter ?? new DeadLetterFilter(), Kernel.Time.GetUtcNow(), after, size);

    /// <summary>Statuses by message id.</summary>
    public string Statuses() => string.Join(' ', List().Items.Select(l => $"{l.MessageId}:{l.Status}"));

    public ValueTask DisposeAsync() => Kernel.DisposeAsync();

    private void Handle(UnitOfWork<TallyDb> work, string type, string envelope)
    {
        var message = global::System.Text.Json.JsonElement.Parse(envelope);
        var id = message.GetProperty("id").GetString()!;
        if (Failing.TryGetValue(id, out var error))
        {
            KernelFixture.Process.Raise(work, message.GetProperty("subject").GetString()!);
            throw error;
        }

        lock (handled)
        {
            handled.Add(id);
        }

        if (!Stale.Contains(id))
        {
            KernelFixture.Process.Raise(work, message.GetProperty("subject").GetString()!);
        }
    }
}

/// <summary>One process with dead letters.</summary>
internal sealed class LetterProcess
{
    public LetterProcess(KernelFixture.Process process, KernelFixture kernel, LetterHandling<TallyDb> handle)
    {
        Process = process;
        Releases = new ParkedReleases<TallyDb>(
            process.Database, process.Writes, handle, kernel.Time, NullLogger<ParkedReleases<TallyDb>>.Instance);
        Decisions = new LetterDecisions<TallyDb>(process.Database, process.Writes, handle, Releases, kernel.Time, process.Hook);
    }

    public KernelFixture.Process Process { get; }

    public ParkedReleases<TallyDb> Releases { get; }

    public LetterDecisions<TallyDb> Decisions { get; }

    public Task<T> ExecuteAsync<T>(Func<UnitOfWork<TallyDb>, T> work) => Process.Writes.ExecuteAsync(work);

    public Task<long> ReleaseAsync() => Releases.ReleaseAsync(CancellationToken.None);
}
