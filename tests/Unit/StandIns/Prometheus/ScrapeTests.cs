using System.Net;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Serialization;

namespace Tests.Unit.StandIns.Prometheus;

/// <summary>How scrapes are answered, whoever asks and however many.</summary>
public sealed class ScrapeTests
{
    [Theory]
    [InlineData(null, "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("*/*", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("text/html", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores")]
    [InlineData("application/openmetrics-text; version=9.9.9, text/plain; version=0.0.4; q=0.2", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("text/plain; q=0.5, application/openmetrics-text; version=0.0.1; q=0.6", "application/openmetrics-text; version=0.0.1; charset=utf-8")]
    [InlineData(
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores")]
    public async Task the_format_is_the_one_that_the_scraper_likes_best(string? accept, string contentType)
    {
        await using var app = await ScrapedApp.StartAsync();

        using var response = await app.AskAsync(accept);

        response.Content.Headers.ContentType!.ToString().ShouldBe(contentType);
    }

    [Fact]
    public async Task scrapes_that_come_at_the_same_time_share_one_collection()
    {
        var collections = 0;
        using var release = new ManualResetEventSlim();
        var scrapes = new SharedScrapes(
            _ =>
            {
                Interlocked.Increment(ref collections);
                release.Wait(TestContext.Current.CancellationToken);
                return [1];
            },
            kept: TimeSpan.Zero,
            TimeProvider.System);

        var all = Enumerable.Range(0, 20).Select(_ => scrapes.GetAsync(ScrapeFormat.Text, TestContext.Current.CancellationToken)).ToList();
        release.Set();

        (await Task.WhenAll(all)).Distinct().Count().ShouldBe(1);
        collections.ShouldBe(1);
    }

    [Fact]
    public async Task scrapers_of_both_formats_at_once_both_get_theirs()
    {
        await using var app = await ScrapedApp.StartAsync(o => o.TargetInfoEnabled = false);
        app.Meter.CreateCounter<long>("orders").Add(7);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => app.ScrapeAsync(i % 2 == 0 ? null : "application/openmetrics-text")));

        answers.ShouldAllBe(lines => lines.Contains("orders_total 7"));
        answers.Where((_, i) => i % 2 == 1).ShouldAllBe(lines => lines.Last() == "# EOF");
    }

    [Fact]
    public async Task an_answer_is_given_again_for_as_long_as_is_asked_for()
    {
        await using var app = await ScrapedApp.StartAsync(o => o.ScrapeResponseCacheDurationMilliseconds = 60_000);
        var orders = app.Meter.CreateCounter<long>("orders");
        orders.Add(1);
        var before = await app.ScrapeAsync();
        orders.Add(1);

        (await app.ScrapeAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task an_instrument_that_fails_does_not_take_the_others_with_it()
    {
        await using var app = await ScrapedApp.StartAsync();
        app.Meter.CreateObservableGauge<long>("broken", Broken);
        app.Meter.CreateCounter<long>("orders").Add(1);

        (await app.ScrapeAsync()).ShouldContain("orders_total 1");
    }

    [Fact]
    public async Task a_scraper_s_own_time_limit_is_kept()
    {
        using var release = new ManualResetEventSlim();
        await using var app = await ScrapedApp.StartAsync();
        app.Meter.CreateObservableGauge("slow", () =>
        {
            release.Wait(TestContext.Current.CancellationToken);
            return 1;
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative));
        request.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", "0.05");

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestTimeout);
        release.Set();
        (await app.ScrapeAsync()).ShouldContain("slow 1");
    }

    [Fact]
    public async Task a_long_answer_is_compressed_for_those_who_can_read_it()
    {
        await using var app = await ScrapedApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative));
        request.Headers.Add("Accept-Encoding", "gzip");

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
    }

    private static long Broken() => throw new InvalidOperationException("on purpose");
}
