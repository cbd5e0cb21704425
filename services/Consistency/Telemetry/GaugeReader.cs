using System.Diagnostics.Metrics;
using Consistency.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Consistency.Telemetry;

/// <summary>
/// Shows what a database holds as gauges: all of them from one reading per scrape, on a connection that only reads, so that no writer waits.
/// A database that is locked, broken or slow costs a scrape <see cref="Patience"/> at most: it is answered without those gauges, and
/// <see cref="Gauges.Up"/> is 0.
/// </summary>
public sealed class GaugeReader<TDb>
    where TDb : DbContext
{
    /// <summary>A reading takes milliseconds; Prometheus waits for ten seconds.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // The instruments of one scrape are observed one after the other, within a few milliseconds.
    private static readonly TimeSpan Kept = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly Database<TDb> database;
    private readonly IReadOnlyList<IGaugeSource<TDb>> sources;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Counter<long> errors;
    private GaugeValues? latest;
    private long readAt;
    private bool hasRead;
    private Task<GaugeValues>? reading;
    private bool isFailing;

    /// <summary>Makes the gauges; nothing is read before the first scrape.</summary>
    /// <param name="meter">Has them.</param>
    /// <param name="database">The database.</param>
    /// <param name="sources">What is read.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Where a database that cannot be read is told, once.</param>
    public GaugeReader(
        ConsistencyMeter meter, Database<TDb> database, IEnumerable<IGaugeSource<TDb>> sources, TimeProvider time, ILogger<GaugeReader<TDb>> logger)
    {
        (this.database, this.sources, this.time, this.logger) = (database, [.. sources], time, logger);
        errors = meter.Meter.CreateCounter<long>("consistency.gauges.errors", "{error}", "Scrapes for which the database could not be read.");
        meter.Meter.CreateObservableGauge(Gauges.Up.Name, () => Read() is null ? 0L : 1L, Gauges.Up.Unit, Gauges.Up.Description);
        foreach (var gauge in this.sources.SelectMany(s => s.Reads).Distinct())
        {
            meter.Meter.CreateObservableGauge(gauge.Name, () => Read()?.Of(gauge) ?? [], gauge.Unit, gauge.Description);
        }
    }

    // Null where there is no reading. A failure is kept as long as a success: the next gauge of the same scrape must not wait for it again.
    private GaugeValues? Read()
    {
        lock (gate)
        {
            if (!hasRead || time.GetElapsedTime(readAt) >= Kept)
            {
                latest = ReadNow();
                (readAt, hasRead) = (time.GetTimestamp(), true);
            }

            return latest;
        }
    }

    // One reading at a time: where one hangs, the next scrapes wait for it, each in vain for a second, and start no other.
    private GaugeValues? ReadNow()
    {
        try
        {
            // Told as 0 before the first.
            errors.Add(0);
            if (reading is { IsCompleted: true })
            {
                // Came too late for the scrape that asked for it.
                reading = null;
            }

            reading ??= Task.Run(() => database.Read(ReadAll));
            if (!reading.Wait(Patience))
            {
                throw new TimeoutException($"The database did not answer within {Patience.TotalSeconds} s.");
            }

            isFailing = false;
            return reading.Result;
        }
#pragma warning disable CA1031 // Whatever is wrong with the database: the other metrics are told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            errors.Add(1);
            if (!isFailing)
            {
                logger.Unreadable((e as AggregateException)?.InnerException ?? e);
            }

            isFailing = true;
            return null;
        }
        finally
        {
            if (reading is { IsCompleted: true })
            {
                reading = null;
            }
        }
    }

    private GaugeValues ReadAll(TDb db)
    {
        var (values, now) = (new GaugeValues(), time.GetUtcNow());
        foreach (var source in sources)
        {
            source.Read(db, now, values);
        }

        return values;
    }
}
