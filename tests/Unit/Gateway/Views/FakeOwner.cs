using System.Text.Json;
using Consistency.Feeds;
using Contracts.Feeds;

namespace Tests.Unit.Gateway.Views;

/// <summary>The feed of one service, as the kernel keeps it: the records by the place of their last change; can be put back to a backup.</summary>
internal sealed class FakeOwner(TimeProvider time)
{
    private readonly List<(string Name, long StartsAt)> generations = [("g0", 0)];
    private Dictionary<(string Kind, string Key), Change> changes = [];
    private long last;

    /// <summary>Changes of one page.</summary>
    public int PageMax { get; set; } = 500;

    public bool IsAway { get; set; }

    public int Reads { get; private set; }

    /// <summary>What is in the feed now.</summary>
    public IReadOnlyDictionary<(string Kind, string Key), Change> Records => changes;

    public void Put<T>(string kind, string key, T state) => changes[(kind, key)] =
        new Change(kind, key, ++last, time.GetUtcNow(), Deleted: false, JsonSerializer.SerializeToElement(state, JsonSerializerOptions.Web));

    public void Delete(string kind, string key) => changes[(kind, key)] = new Change(kind, key, ++last, time.GetUtcNow(), Deleted: true, Data: null);

    /// <summary>A copy of the database; running what is returned puts the service back to it, and starts it again.</summary>
    public Action Backup()
    {
        var (records, end, known) = (new Dictionary<(string, string), Change>(changes), last, generations.Count);
        return () =>
        {
            (changes, last) = (new Dictionary<(string, string), Change>(records), end);
            generations.RemoveRange(known, generations.Count - known);
            generations.Add(($"g{Guid.CreateVersion7(time.GetUtcNow()):N}", last));
        };
    }

    public ChangePage Read(string after)
    {
        Reads++;
        if (IsAway)
        {
            throw new HttpRequestException("nobody answers");
        }

        FeedCursor.TryParse(after, out var cursor).ShouldBeTrue();
        var now = time.GetUtcNow();
        var (start, rewound) = Start(cursor);
        var behind = changes.Values.Where(c => c.Sequence > start).OrderBy(c => c.Sequence).ToList();
        var page = behind.Take(PageMax).ToList();
        return new ChangePage(
            page,
            new FeedCursor(generations[^1].Name, page.Count == 0 ? start : page[^1].Sequence).ToString(),
            behind.Count > page.Count,
            behind.Count > page.Count ? page[^1].ChangedAt : now,
            rewound);
    }

    private (long Start, bool Rewound) Start(FeedCursor cursor)
    {
        var mine = generations.FindIndex(g => g.Name == cursor.Generation);
        if (cursor == FeedCursor.Start || mine == generations.Count - 1)
        {
            return (cursor.Sequence, false);
        }

        var survived = mine < 0 ? 0 : generations[mine + 1].StartsAt;
        return (Math.Min(cursor.Sequence, survived), cursor.Sequence > survived);
    }
}
