using Contracts;
using Contracts.Snapshots;

namespace Consistency.Storage;

/// <summary>Cuts listings into pages by key, so that deep pages cost no more than the first.</summary>
public static class KeysetPage
{
    /// <summary>The page size asked for, within 1 to <see cref="RequestLimits.PageSizeMax"/>; 100 where none was asked for.</summary>
    public static int Size(int? limit) => Math.Clamp(limit ?? 100, 1, RequestLimits.PageSizeMax);

    /// <summary>Makes the page of rows that were read in key order, one more than the page's size.</summary>
    public static Page<T> Of<TRow, T>(List<TRow> rows, int size, Func<TRow, string> key, Func<TRow, T> item) =>
        new([.. rows.Take(size).Select(item)], rows.Count > size ? key(rows[size - 1]) : null);
}
