using Consistency.Caching;

namespace Tests.Unit.Consistency.Caching;

/// <summary>
/// A store that breaks every promise, by chance: it waits, fails, forgets, hands out older entries and those of other keys, alters them, says
/// that it has written what it has not and the other way round, and pays no heed to ETags.
/// </summary>
internal sealed class HostileStore(Random random, TimeProvider time, double hostility) : ICacheStore
{
    private readonly Dictionary<string, List<string>> history = new(StringComparer.Ordinal);

    public async Task<StoredText?> GetAsync(string key, CancellationToken cancellationToken)
    {
        await TrickAsync();
        var texts = history.GetValueOrDefault(key);
        if (texts is null || texts.Count == 0)
        {
            return null;
        }

        var text = texts[^1];
        if (IsTrick())
        {
            text = random.Next(4) switch
            {
                0 => texts[random.Next(texts.Count)],
                1 => history.Values.ElementAt(random.Next(history.Count)) is { Count: > 0 } other ? other[^1] : text,
                2 => Altered(text),
                _ => text[..random.Next(text.Length)],
            };
        }

        return new StoredText(text, IsTrick() ? "0" : ETag(key));
    }

    public async Task<bool> TrySetAsync(string key, string text, string? etag, TimeSpan keep, CancellationToken cancellationToken)
    {
        await TrickAsync();
        if (!history.TryGetValue(key, out var texts))
        {
            history.Add(key, texts = []);
        }

        var mayWrite = (texts.Count == 0 ? null : ETag(key)) == etag;
        if (IsTrick())
        {
            return random.Next(2) == 0;
        }

        if (mayWrite || IsTrick())
        {
            texts.Add(text);
        }

        return mayWrite;
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        await TrickAsync();
        if (!IsTrick())
        {
            history.Remove(key);
        }
    }

    private string ETag(string key) => $"{history[key].Count}";

    private bool IsTrick() => random.NextDouble() < hostility;

    private string Altered(string text)
    {
        var at = random.Next(text.Length);
        return text[..at] + (char)('0' + random.Next(10)) + text[(at + 1)..];
    }

    // Waits without heeding the limit, or fails.
    private async Task TrickAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(IsTrick() ? 200 : 5)), time, CancellationToken.None);
        if (IsTrick() && random.Next(3) == 0)
        {
            throw new IOException("no");
        }
    }
}
