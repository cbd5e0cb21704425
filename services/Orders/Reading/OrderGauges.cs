using Consistency.Telemetry;
using Contracts;
using Microsoft.EntityFrameworkCore;
using Orders.Storage;

namespace Orders.Reading;

/// <summary>Orders that wait, for other services or for an operator. What <see cref="OrderQueries.CountUnsettled"/> counts, by pattern and with ages.</summary>
internal sealed class OrderGauges : IGaugeSource<OrdersDb>
{
    internal const string Pending = "SELECT pattern, count(*), min(placed_at) FROM orders WHERE status = 'Pending' GROUP BY pattern";
    internal const string Settling = "SELECT pattern, count(*), min(changed_at) FROM orders WHERE settling GROUP BY pattern";
    internal const string Attention = "SELECT '', count(*), min(attention_since) FROM orders WHERE attention_step IS NOT NULL";

    public IReadOnlyList<Gauge> Reads { get; } =
        [Gauges.OrdersUnsettled, Gauges.OrdersUnsettledAge, Gauges.AttentionOrders, Gauges.AttentionAge];

    public void Read(OrdersDb db, DateTimeOffset now, GaugeValues values)
    {
        var pending = Query(db, Pending);
        var settling = Query(db, Settling);
        foreach (var pattern in Patterns.Offered)
        {
            var (one, other) = (pending.GetValueOrDefault(pattern), settling.GetValueOrDefault(pattern));
            var label = new KeyValuePair<string, object?>("pattern", pattern);
            values.Set(Gauges.OrdersUnsettled, one.Count + other.Count, label);
            values.SetAge(Gauges.OrdersUnsettledAge, now, one.Since is null || other.Since < one.Since ? other.Since : one.Since, label);
        }

        var attention = Query(db, Attention).GetValueOrDefault("");
        values.Set(Gauges.AttentionOrders, attention.Count);
        values.SetAge(Gauges.AttentionAge, now, attention.Since);
    }

    private static Dictionary<string, (long Count, long? Since)> Query(OrdersDb db, string sql)
    {
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new Dictionary<string, (long, long?)>(StringComparer.Ordinal);
        while (reader.Read())
        {
            rows[reader.GetString(0)] = (reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2));
        }

        return rows;
    }
}
