using Contracts;
using Contracts.Ordering;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Views.Reading;

/// <summary>Up to when the serving edition knows each of its sources. Read before the rows: they may be newer then, never older.</summary>
internal sealed class ViewFreshness
{
    private readonly Dictionary<string, DateTimeOffset> asOf = new(StringComparer.Ordinal);

    private ViewFreshness()
    {
    }

    /// <summary>Everything that all three services had committed by then is in the view.</summary>
    public DateTimeOffset AsOf => Editions.Sources.Min(Of);

    /// <summary>True once Orders' feed was read to its end: before that a listing would lack orders.</summary>
    public bool HasAllOrders => Of(AppIds.Orders) > DateTimeOffset.UnixEpoch;

    public static ViewFreshness Read(ViewsDb db)
    {
        var freshness = new ViewFreshness();
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "SELECT source, as_of FROM feed_cursor WHERE lane = 'view-' || (SELECT active FROM order_view_state)";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            freshness.asOf[reader.GetString(0)] = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1));
        }

        return freshness;
    }

    /// <summary>How old that is, in milliseconds, by the gateway's clock; never less than 0, though clocks differ.</summary>
    public static long Lag(DateTimeOffset asOf, DateTimeOffset now) => Math.Max(0, (long)(now - asOf).TotalMilliseconds);

    public IReadOnlyList<OrderViewSource> Sources(DateTimeOffset now) =>
        [.. Editions.Sources.Select(s => new OrderViewSource(s, Of(s), Lag(Of(s), now)))];

    private DateTimeOffset Of(string source) => asOf.GetValueOrDefault(source, DateTimeOffset.UnixEpoch);
}
