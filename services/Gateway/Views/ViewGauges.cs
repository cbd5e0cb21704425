using Consistency.Telemetry;
using Gateway.Views.Reading;

namespace Gateway.Views;

/// <summary>How old the view is. One that has never been filled is as old as this process: it has waited since then.</summary>
internal sealed class ViewGauges(TimeProvider time) : IGaugeSource<ViewsDb>
{
    private readonly DateTimeOffset started = time.GetUtcNow();

    public IReadOnlyList<Gauge> Reads { get; } = [Gauges.ViewLag];

    public void Read(ViewsDb db, DateTimeOffset now, GaugeValues values)
    {
        var asOf = ViewFreshness.Read(db).AsOf;
        values.SetAge(Gauges.ViewLag, now, (asOf > DateTimeOffset.UnixEpoch ? asOf : started).ToUnixTimeMilliseconds());
    }
}
