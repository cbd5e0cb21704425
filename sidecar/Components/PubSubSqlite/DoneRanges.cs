using System.Buffers.Binary;

namespace Sidecar.Components.PubSubSqlite;

/// <summary>
/// What a consumer group is done with: everything up to a cursor, and ranges above it. One message that is stuck in
/// retries costs one range, however many later ones are done, so that a restart gives only the stuck one again. Not
/// thread-safe.
/// </summary>
internal sealed class DoneRanges
{
    private const int RangeBytes = 2 * sizeof(long);

    private readonly List<(long From, long To)> _above = [];

    /// <summary>Creates a state; <paramref name="above"/> is what <see cref="Above"/> gave, or null.</summary>
    public DoneRanges(long cursor, ReadOnlySpan<byte> above = default)
    {
        Cursor = cursor;
        for (; above.Length >= RangeBytes; above = above[RangeBytes..])
        {
            _above.Add((BinaryPrimitives.ReadInt64LittleEndian(above),
                BinaryPrimitives.ReadInt64LittleEndian(above[sizeof(long)..])));
        }
    }

    /// <summary>Every message up to and including this number is done.</summary>
    public long Cursor { get; private set; }

    /// <summary>The ranges above the cursor, for storage; null where there are none.</summary>
    public byte[]? Above()
    {
        if (_above.Count == 0)
        {
            return null;
        }
        var bytes = new byte[_above.Count * RangeBytes];
        for (var i = 0; i < _above.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * RangeBytes), _above[i].From);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan((i * RangeBytes) + sizeof(long)), _above[i].To);
        }
        return bytes;
    }

    /// <summary>The highest number known to be done.</summary>
    public long Highest => _above.Count == 0 ? Cursor : _above[^1].To;

    /// <summary>True if this message is done.</summary>
    public bool Contains(long number)
    {
        if (number <= Cursor)
        {
            return true;
        }
        var at = FirstEndingAtOrAfter(number);
        return at < _above.Count && _above[at].From <= number;
    }

    /// <summary>Marks <paramref name="from"/> to <paramref name="to"/>, both included, as done.</summary>
    public void Add(long from, long to)
    {
        from = Math.Max(from, Cursor + 1);
        if (from > to)
        {
            return;
        }
        var first = FirstEndingAtOrAfter(from - 1); // a neighbour that ends just before is joined
        var last = first;
        while (last < _above.Count && _above[last].From <= to + 1)
        {
            from = Math.Min(from, _above[last].From);
            to = Math.Max(to, _above[last].To);
            last++;
        }
        _above.RemoveRange(first, last - first);
        if (from == Cursor + 1)
        {
            Cursor = to;
        }
        else
        {
            _above.Insert(first, (from, to));
        }
    }

    private int FirstEndingAtOrAfter(long number)
    {
        int low = 0, high = _above.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_above[middle].To < number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }
}
