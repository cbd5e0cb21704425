using System.Collections;

namespace Grpc.Core;

/// <summary>Headers or trailers of a call, in order. The part that errors need; names are lower-cased as HTTP/2 wants them.</summary>
public sealed class Metadata : IEnumerable<Metadata.Entry>
{
    /// <summary>No entries. It is not read-only here: do not add to it.</summary>
    public static readonly Metadata Empty = [];

    private readonly List<Entry> entries = [];

    /// <summary>Number of entries.</summary>
    public int Count => entries.Count;

    /// <summary>Adds a text entry.</summary>
    public void Add(string key, string value) => entries.Add(new Entry(key, value));

    /// <summary>Adds an entry.</summary>
    public void Add(Entry item) => entries.Add(item);

    /// <summary>The last entry of that name, or null.</summary>
    public Entry? Get(string key) =>
        entries.FindLast(e => string.Equals(e.Key, key, StringComparison.OrdinalIgnoreCase));

    /// <summary>The value of the last entry of that name, or null.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A name with a text value.</summary>
    public class Entry(string key, string value)
    {
        /// <summary>Name, in lower case.</summary>
        public string Key { get; } = key.ToLowerInvariant();

        /// <summary>Value.</summary>
        public string Value { get; } = value;

        /// <inheritdoc/>
        public override string ToString() => $"[Entry: key={Key}, value={Value}]";
    }
}
