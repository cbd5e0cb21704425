using System.Collections;
using System.Text;

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

    /// <summary>Adds a binary entry; its name ends with <c>-bin</c>.</summary>
    public void Add(string key, byte[] valueBytes) => entries.Add(new Entry(key, valueBytes));

    /// <summary>Adds an entry.</summary>
    public void Add(Entry item) => entries.Add(item);

    /// <summary>The last entry of that name, or null.</summary>
    public Entry? Get(string key) =>
        entries.FindLast(e => string.Equals(e.Key, key, StringComparison.OrdinalIgnoreCase));

    /// <summary>The value of the last entry of that name, or null.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The bytes of the last binary entry of that name, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A name with a text value, or with bytes where the name ends with <c>-bin</c>.</summary>
    public class Entry
    {
        private const string BinarySuffix = "-bin";

        private readonly string? text;
        private readonly byte[]? bytes;

        /// <summary>A text entry.</summary>
        /// <exception cref="ArgumentException">The name is that of a binary entry.</exception>
        public Entry(string key, string value)
        {
            Key = key.ToLowerInvariant();
            text = IsBinary ? throw new ArgumentException($"The key '{key}' is one of a binary entry.", nameof(key)) : value;
        }

        /// <summary>A binary entry.</summary>
        /// <exception cref="ArgumentException">The name is that of a text entry.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            Key = key.ToLowerInvariant();
            bytes = IsBinary ? valueBytes : throw new ArgumentException($"The key '{key}' does not end with {BinarySuffix}.", nameof(key));
        }

        /// <summary>Name, in lower case.</summary>
        public string Key { get; }

        /// <summary>The value of a text entry.</summary>
        /// <exception cref="InvalidOperationException">It is a binary one.</exception>
        public string Value => text ?? throw new InvalidOperationException($"The entry '{Key}' is binary.");

        /// <summary>The value's bytes.</summary>
        public byte[] ValueBytes => bytes ?? Encoding.ASCII.GetBytes(text!);

        /// <summary>True where the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinarySuffix, StringComparison.Ordinal);

        /// <inheritdoc/>
        public override string ToString() => IsBinary ? $"[Entry: key={Key}, {bytes!.Length} bytes]" : $"[Entry: key={Key}, value={text}]";
    }
}
