using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Consistency.Telemetry;

namespace Tests.Unit.Consistency.Telemetry;

/// <summary>A process's meter, and all that it measures: apart from those of other tests, though they have the same name.</summary>
internal sealed class Metered : IMeterFactory
{
    private readonly List<Meter> meters = [];
    private readonly List<Instrument> instruments = [];
    private readonly ConcurrentQueue<(string Series, double Value)> measured = [];
    private readonly MeterListener listener = new();

    public Metered()
    {
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == this)
            {
                instruments.Add(instrument);
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        Meter = new ConsistencyMeter(this);
    }

    public ConsistencyMeter Meter { get; }

    public IReadOnlyList<Instrument> Instruments => instruments;

    /// <summary>What was measured so far, as <c>name{label=value} value</c>, in order.</summary>
    public IReadOnlyList<string> Measured => [.. measured.Select(m => FormattableString.Invariant($"{m.Series} {m.Value}"))];

    /// <summary>The sum of a series.</summary>
    public double Sum(string series) => measured.Where(m => m.Series == series).Sum(m => m.Value);

    /// <summary>What a scrape would find now in what is observed.</summary>
    public IReadOnlyList<string> Observe()
    {
        measured.Clear();
        listener.RecordObservableInstruments();
        return Measured;
    }

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        listener.Dispose();
        meters.ForEach(m => m.Dispose());
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        measured.Enqueue(($"{instrument.Name}{{{string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}}}", value));
}
