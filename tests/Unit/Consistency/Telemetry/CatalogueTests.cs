using System.Diagnostics.Metrics;
using Cli.Running;
using Consistency.Outbox;
using Consistency.Telemetry;
using Gateway.Views;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Exporter.Serialization;
using Orders.Reading;
using Orders.Storage;

namespace Tests.Unit.Consistency.Telemetry;

/// <summary>docs/metrics.md is what rules, dashboards and operators build on: it tells of what there is, and of nothing else.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public void the_table_of_the_documentation_is_what_the_apps_register()
    {
        var documented = File.ReadAllLines(RepoRoot.Find().PathOf("docs", "metrics.md"))
            .Where(line => line.StartsWith("| `consistency_", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => $"{cells[1].Trim('`')} {cells[2]}");

        documented.Order(StringComparer.Ordinal).ShouldBe(Registered().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void every_metric_says_what_it_means_and_in_which_unit()
    {
        using var metered = Everything();

        metered.Instruments.ShouldAllBe(i => i.Description!.EndsWith('.') && i.Unit!.Length > 0);
    }

    private static IReadOnlyList<string> Registered()
    {
        using var metered = Everything();
        return [.. metered.Instruments.Select(i => (Instrument: i, Type: TypeOf(i)))
            .Select(i => $"{MetricName.Of(i.Instrument.Name, i.Instrument.Unit, i.Type, ScrapeFormat.Text, withoutTotal: false).Sample} {i.Type}").Distinct()];
    }

    private static string TypeOf(Instrument instrument) => instrument switch
    {
        Histogram<double> => "histogram",
        Counter<long> or ObservableCounter<long> => "counter",
        _ => "gauge",
    };

    // What the apps make, on databases that are never opened.
    private static Metered Everything()
    {
        var (metered, time) = (new Metered(), new FakeTimeProvider());
        var orders = new global::Consistency.Storage.Database<OrdersDb>("unused.db", o => new OrdersDb(o));
        var views = new global::Consistency.Storage.Database<ViewsDb>("unused.db", o => new ViewsDb(o));
        _ = new GaugeReader<OrdersDb>(
            metered.Meter,
            orders,
            [
                new OutboxGauges<OrdersDb>(OutboxChannel.Events), new DeadLetterGauges<OrdersDb>(), new FeedGauges<OrdersDb>("orders", []),
                new ConflictGauges<OrdersDb>(), new OrderGauges(),
            ],
            time,
            NullLogger<GaugeReader<OrdersDb>>.Instance);
        _ = new GaugeReader<ViewsDb>(metered.Meter, views, [new ViewGauges(time)], time, NullLogger<GaugeReader<ViewsDb>>.Instance);
        _ = new FeedPulls(metered.Meter, time);
        _ = new CacheMeter(metered.Meter, []);
        return metered;
    }
}
