using Microsoft.EntityFrameworkCore;

namespace Consistency.Telemetry;

/// <summary>Reads gauges from a service's database, by index: a scrape comes every few seconds, also where a million messages wait.</summary>
public interface IGaugeSource<TDb>
    where TDb : DbContext
{
    /// <summary>What it reads.</summary>
    IReadOnlyList<Gauge> Reads { get; }

    /// <summary>Reads them.</summary>
    /// <param name="db">The service's data, on a connection that only reads.</param>
    /// <param name="now">The time from which ages count.</param>
    /// <param name="values">Where they go.</param>
    void Read(TDb db, DateTimeOffset now, GaugeValues values);
}
