using System.Diagnostics.Metrics;
using Tests.Servers;

namespace Tests.Unit.StandIns.Prometheus;

/// <summary>What the answer to a scrape looks like. The expected lines are those of the official package's own snapshots, by kind.</summary>
public sealed class FormatTests
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0";

    [Fact]
    public async Task a_counter_ends_in_its_unit_and_total_and_is_described_once()
    {
        await using var app = await ScrapedApp.StartAsync();
        var sent = app.Meter.CreateCounter<long>("shop.bytes.sent", "By", "Bytes that were sent");
        sent.Add(5, new KeyValuePair<string, object?>("topic", "orders"));
        sent.Add(2, new KeyValuePair<string, object?>("topic", "invoices"));

        (await app.ScrapeAsync()).ShouldBe(
        [
            "# TYPE target_info gauge",
            "# HELP target_info Target metadata",
            "target_info{service_name=\"shop\"} 1",
            "# TYPE shop_bytes_sent_bytes_total counter",
            "# HELP shop_bytes_sent_bytes_total Bytes that were sent",
            "shop_bytes_sent_bytes_total{topic=\"orders\"} 5",
            "shop_bytes_sent_bytes_total{topic=\"invoices\"} 2",
        ]);
    }

    [Fact]
    public async Task open_metrics_has_units_the_time_since_when_is_counted_and_an_end()
    {
        await using var app = await ScrapedApp.StartAsync(o => o.TargetInfoEnabled = false);
        app.Meter.CreateCounter<double>("waited", "s").Add(0.25);
        app.Meter.CreateUpDownCounter<int>("running", "{request}").Add(-1);

        var lines = await app.ScrapeAsync(OpenMetrics);

        lines[..1].ShouldBe(["# TYPE running gauge"]);
        lines.ShouldContain("running -1");
        lines.ShouldContain("# TYPE waited_seconds counter");
        lines.ShouldContain("# UNIT waited_seconds seconds");
        lines.ShouldContain("waited_seconds_total 0.25");
        lines.ShouldContain(l => l.StartsWith("waited_seconds_created 1", StringComparison.Ordinal));
        lines[^1].ShouldBe("# EOF");
    }

    [Fact]
    public async Task a_histogram_s_buckets_add_up_and_the_last_holds_all()
    {
        await using var app = await ScrapedApp.StartAsync(o => o.TargetInfoEnabled = false);
        var took = app.Meter.CreateHistogram("took", "s", "How long", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 5, 300] });
        took.Record(0.25, new KeyValuePair<string, object?>("pattern", "sync"));
        took.Record(0.5, new KeyValuePair<string, object?>("pattern", "sync"));
        took.Record(1000, new KeyValuePair<string, object?>("pattern", "sync"));

        (await app.ScrapeAsync()).ShouldBe(
        [
            "# TYPE took_seconds histogram",
            "# HELP took_seconds How long",
            "took_seconds_bucket{pattern=\"sync\",le=\"0.5\"} 2",
            "took_seconds_bucket{pattern=\"sync\",le=\"5\"} 2",
            "took_seconds_bucket{pattern=\"sync\",le=\"300\"} 2",
            "took_seconds_bucket{pattern=\"sync\",le=\"+Inf\"} 3",
            "took_seconds_sum{pattern=\"sync\"} 1000.75",
            "took_seconds_count{pattern=\"sync\"} 3",
        ]);
        (await app.ScrapeAsync(OpenMetrics)).ShouldContain("took_seconds_bucket{pattern=\"sync\",le=\"5.0\"} 2");
    }

    [Fact]
    public async Task what_would_end_a_label_or_a_line_is_escaped()
    {
        await using var app = await ScrapedApp.StartAsync(o => o.TargetInfoEnabled = false);
        app.Meter.CreateObservableGauge(
            "free", () => new Measurement<long>(1, new KeyValuePair<string, object?>("path", "C:\\a\n\"b\""), new("yes", true)), unit: null, "a\\b \"c\"\nd");

        (await app.ScrapeAsync()).ShouldBe(
        [
            "# TYPE free gauge",
            "# HELP free a\\\\b \"c\"\\nd",
            "free{path=\"C:\\\\a\\n\\\"b\\\"\",yes=\"true\"} 1",
        ]);
        (await app.ScrapeAsync(OpenMetrics))[1].ShouldBe("# HELP free a\\\\b \\\"c\\\"\\nd");
    }

    [Fact]
    public async Task names_have_no_other_characters_and_labels_that_become_one_share_it()
    {
        await using var app = await ScrapedApp.StartAsync(o => o.TargetInfoEnabled = false);
        app.Meter.CreateGauge<long>("shop.stock--left").Record(
            3, new KeyValuePair<string, object?>("sku.no", "b"), new("sku-no", "a"), new("1st", 1), new("", "e"));

        (await app.ScrapeAsync())[1].ShouldBe("shop_stock_left{_=\"e\",_1st=\"1\",sku_no=\"a;b\"} 3");
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(0.1, "0.1")]
    [InlineData(123456789012345680d, "1.2345678901234568E+17")]
    public async Task numbers_are_told_exactly(double value, string text)
    {
        await using var app = await ScrapedApp.StartAsync(o => o.TargetInfoEnabled = false);
        app.Meter.CreateObservableGauge("value", () => value);

        (await app.ScrapeAsync())[^1].ShouldBe("value " + text);
    }

    [Theory]
    [InlineData("s", "a_seconds")]
    [InlineData("{order}", "a")]
    [InlineData("1", "a")]
    [InlineData("By/s", "a_bytes_per_second")]
    [InlineData("{order}/min", "a_per_min")]
    [InlineData("", "a")]
    public async Task units_become_words(string unit, string name)
    {
        await using var app = await ScrapedApp.StartAsync(o => o.TargetInfoEnabled = false);
        app.Meter.CreateGauge<long>("a", unit).Record(1);

        (await app.ScrapeAsync())[^1].ShouldBe(name + " 1");
    }

    [Fact]
    public async Task total_is_left_out_where_that_is_asked_for_but_not_in_open_metrics()
    {
        await using var app = await ScrapedApp.StartAsync(o => (o.TargetInfoEnabled, o.DisableTotalNameSuffixForCounters) = (false, true));
        app.Meter.CreateCounter<long>("orders").Add(1);

        (await app.ScrapeAsync())[^1].ShouldBe("orders 1");
        (await app.ScrapeAsync(OpenMetrics))[1].ShouldBe("orders_total 1");
    }

    [Fact]
    public async Task each_series_tells_its_meter_and_one_name_is_one_family()
    {
        using var other = new Meter(new MeterOptions($"o.{ScrapedApp.NewName()}") { Version = "2.0", Tags = [new("shard", "a")] });
        await using var app = await ScrapedApp.StartAsync(
            o => (o.TargetInfoEnabled, o.ScopeInfoEnabled) = (false, true), b => b.AddMeter(other.Name));
        app.Meter.CreateGauge<long>("level", unit: null, "How high").Record(1);
        other.CreateGauge<long>("level").Record(2);

        (await app.ScrapeAsync()).ShouldBe(
        [
            "# TYPE level gauge",
            "# HELP level How high",
            $"level{{otel_scope_name=\"{app.Meter.Name}\"}} 1",
            $"level{{otel_scope_name=\"{other.Name}\",otel_scope_version=\"2.0\",otel_scope_shard=\"a\"}} 2",
        ]);
    }

    [Fact]
    public async Task a_name_of_two_types_is_left_out_instead_of_spoiling_the_rest()
    {
        using var other = new Meter($"o.{ScrapedApp.NewName()}");
        await using var app = await ScrapedApp.StartAsync(o => o.TargetInfoEnabled = false, b => b.AddMeter(other.Name));
        app.Meter.CreateGauge<long>("level_total").Record(1);
        other.CreateCounter<long>("level").Add(1);
        other.CreateCounter<long>("fine").Add(1);

        (await app.ScrapeAsync()).ShouldBe(["# TYPE fine_total counter", "fine_total 1"]);
    }

    [Fact]
    public async Task prometheus_own_tool_has_nothing_to_say_about_it()
    {
        var promtool = Promtool.Find();
        await using var app = await ScrapedApp.StartAsync(o => o.ScopeInfoEnabled = true);
        app.Meter.CreateCounter<long>("orders", "{order}", "Orders \"placed\" \\ accepted\nsince the start").Add(1, new KeyValuePair<string, object?>("who", "\"ä\n\\"));
        app.Meter.CreateHistogram<double>("took", "s", "How long").Record(double.PositiveInfinity);
        app.Meter.CreateGauge<double>("level", "By", "How much").Record(double.NaN);

        (await promtool.CheckMetricsAsync(string.Join('\n', await app.ScrapeAsync()) + "\n", TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }
}
