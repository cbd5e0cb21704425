using Consistency.Telemetry;
using Contracts;
using Microsoft.EntityFrameworkCore;
using Orders.Storage;

namespace Orders.Reading;

/// <summary>
/// Orders that wait, for other services or for an operator. What <see cref="OrderQueries.CountUnsettled"/> counts, by pattern and with ages.
/// </summary>
internal sealed class OrderGauges : IGaugeSource<OrdersDb>
{
    // In one pass: each counts those of all patterns, and the oldest.
    internal static readonly string Pending = $"SELECT {OfEach("placed_at")} FROM orders WHERE status = 'Pending'";
    internal static readonly string Settling = $"SELECT {OfEach("changed_at")} FROM orders WHERE settling";
    internal const string Attention = "SELECT count(*), min(attention_since) FROM orders WHERE attention_step IS NOT NULL";

    public IReadOnlyList<Gauge> Reads { get; } =
        [Gauges.OrdersUnsettled, Gauges.OrdersUnsettledAge, Gauges.AttentionOrders, Gauges.AttentionAge];

    public void Read(OrdersDb db, DateTimeOffset now, GaugeValues values)
    {
        var (pending, settling) = (Query(db, Pending), Query(db, Settling));
        for (var i = 0; i < Patterns.Offered.Count; i++)
        {
            var label = new KeyValuePair<string, object?>("pattern", Patterns.Offered[i]);
            values.Set(Gauges.OrdersUnsettled, pending[i].Count + settling[i].Count, label);
            values.SetAge(Gauges.OrdersUnsettledAge, now, Earlier(pending[i].Since, settling[i].Since), label);
        }

        var attention = Query(db, Attention)[0];
        values.Set(Gauges.AttentionOrders, attention.Count);
        values.SetAge(Gauges.AttentionAge, now, attention.Since);
    }

    private static string OfEach(string time) => string.Join(
        ", ", Patterns.Offered.Select(p => $"count(*) FILTER (WHERE pattern = '{p}'), min({time}) FILTER (WHERE pattern = '{p}')"));

    private static long? Earlier(long? one, long? other) => one is null || other < one ? other : one;

    // Pairs of a number and a time.
    private static List<(long Count, long? Since)> Query(OrdersDb db, string sql)
    {
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        reader.Read();
        var pairs = new List<(long, long?)>();
        for (var i = 0; i < reader.FieldCount; i += 2)
        {
            pairs.Add((reader.GetInt64(i), reader.IsDBNull(i + 1) ? null : reader.GetInt64(i + 1)));
        }

        return pairs;
    }
}
