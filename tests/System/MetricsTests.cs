using System.Globalization;
using System.Text.Json;
using Contracts;
using Tests.Servers;

namespace Tests.System;

/// <summary>
/// Goal: what docs/metrics.md promises is there, on the apps that it names, and is right about what has happened.
/// Method: real processes; orders of each pattern, deliveries that are repeated, a message that nobody can read, and profiles that are edited in
/// two services at once. Then every app is scraped as Prometheus does, and Prometheus' own tool reads the answers.
/// </summary>
public sealed class MetricsTests
{
    // Unreadable: orderId is a number, and most members are missing.
    private const string Poison =
        """
        INSERT INTO outbox (id, topic, type, subject, version, data, created_at)
        VALUES ('poison', 'orders', 'order.placed.v1', 'nobody', 1, CAST('{"orderId":1}' AS BLOB), 0)
        """;

    private const int Orders = 30;
    private static readonly string[] Apps = [AppIds.Gateway, AppIds.Orders, AppIds.Inventory, AppIds.Invoices];

    [Fact]
    public async Task every_metric_is_where_the_documentation_says_and_tells_what_has_happened()
    {
        await using var system = await SystemUnderTest.StartAsync(duplicates: 0.3, impatient: true);
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();
        await Task.WhenAll(Enumerable.Range(0, Orders).Select(shopper.ShopAsync));
        (await shopper.AuditAsync()).Violations.ShouldBeEmpty(system.Output);
        await ConflictAsync(system);
        ServiceFile.Run(system.DatabaseOf(AppIds.Orders), Poison);
        await Eventually.HoldsAsync(
            async () => (await ScrapeAsync(system, AppIds.Inventory)).Sum("consistency_deadletters", "status=\"dead\"") == 1,
            () => $"the dead letter is never told:\n{system.Output}");
        (await system.Gateway.OrderAsync(shopper.Acknowledged.First(), CancellationToken.None)).Required("an order");

        var scrapes = new Dictionary<string, Scrape>(StringComparer.Ordinal);
        foreach (var app in Apps)
        {
            scrapes[app] = await ScrapeAsync(system, app);
        }

        EverythingDocumentedIsThere(scrapes);
        TheyTellWhatHasHappened(scrapes, shopper.Acknowledged.Count);
        var promtool = Promtool.Find();
        foreach (var (app, scrape) in scrapes)
        {
            (await promtool.CheckMetricsAsync(scrape.Text, TestContext.Current.CancellationToken)).ShouldBeEmpty($"promtool about {app}");
        }
    }

    [Fact]
    public async Task a_database_that_is_broken_fails_no_scrape()
    {
        await using var system = await SystemUnderTest.StartAsync();
        ServiceFile.Run(system.DatabaseOf(AppIds.Invoices), "ALTER TABLE dead_letter RENAME TO taken_away");

        var scrape = await ScrapeAsync(system, AppIds.Invoices);

        scrape.Sum("consistency_gauges_up").ShouldBe(0);
        scrape.Sum("consistency_gauges_errors_total").ShouldBeGreaterThanOrEqualTo(1);
        scrape.Names.ShouldNotContain("consistency_outbox_depth");
        scrape.Names.ShouldContain("consistency_messages_processed_total");
        ServiceFile.Run(system.DatabaseOf(AppIds.Invoices), "ALTER TABLE taken_away RENAME TO dead_letter");
        await Eventually.HoldsAsync(
            async () => (await ScrapeAsync(system, AppIds.Invoices)).Sum("consistency_gauges_up") == 1, () => "the gauges never came back");
    }

    private static void EverythingDocumentedIsThere(Dictionary<string, Scrape> scrapes)
    {
        foreach (var line in File.ReadLines(Path.Combine(RunFile.Root, "docs", "metrics.md"))
            .Where(l => l.StartsWith("| `consistency_", StringComparison.Ordinal)))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            var name = cells[1].Trim('`');
            var sample = cells[2] == "histogram" ? name + "_count" : name;
            foreach (var app in cells[5] == "all" ? Apps : cells[5].Split(", "))
            {
                scrapes[app].Names.ShouldContain(sample, $"{app} has no {name}");
                var label = cells[3].Split('`', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
                if (label is not null)
                {
                    scrapes[app].Labels(sample).ShouldAllBe(
                        l => l.Contains(label + "=\"", StringComparison.Ordinal), $"{name} of {app} has no label {label}");
                }
            }
        }
    }

    private static void TheyTellWhatHasHappened(Dictionary<string, Scrape> scrapes, int placed)
    {
        var (orders, inventory) = (scrapes[AppIds.Orders], scrapes[AppIds.Inventory]);
        orders.Sum("consistency_convergence_duration_seconds_count").ShouldBe(placed, "each order once, whatever was delivered twice");
        foreach (var pattern in Patterns.Offered)
        {
            orders.Sum("consistency_convergence_duration_seconds_count", $"pattern=\"{pattern}\"").ShouldBe(placed / Patterns.Offered.Count);
            orders.Sum("consistency_convergence_duration_seconds_bucket", $"pattern=\"{pattern}\"", "le=\"300\"")
                .ShouldBe(placed / Patterns.Offered.Count);
            orders.Sum("consistency_orders_unsettled", $"pattern=\"{pattern}\"").ShouldBe(0);
        }

        orders.Sum("consistency_messages_published_total", "topic=\"orders\"").ShouldBeGreaterThan(0);
        inventory.Sum("consistency_messages_processed_total", "topic=\"orders\"", "outcome=\"handled\"").ShouldBeGreaterThan(0);
        inventory.Sum("consistency_messages_processed_total", "outcome=\"dead\"").ShouldBeInRange(1, 2, "it may have been delivered twice");
        inventory.Sum("consistency_deadletters_age_seconds", "status=\"dead\"").ShouldBeInRange(0, 600);
        inventory.Sum("consistency_gauges_up").ShouldBe(1);
        scrapes.Values.Sum(s => s.Sum("consistency_inbox_duplicates_total")).ShouldBeGreaterThan(0);
        scrapes.Values.Sum(s => s.Sum("consistency_conflicts_total")).ShouldBeGreaterThan(0);
        orders.Sum("consistency_workflows_total").ShouldBeGreaterThan(0);
        scrapes[AppIds.Gateway].Sum("consistency_view_lag_seconds").ShouldBeInRange(0, 600);
        foreach (var scrape in scrapes.Values)
        {
            scrape.Sum("http_server_request_duration_seconds_count").ShouldBeGreaterThan(0);
            scrape.Names.ShouldContain("dotnet_gc_collections_total");
            scrape.Text.ShouldNotContain("http_route=\"/metrics\"");
        }
    }

    // Both replicas are written before either hears of the other; where one was faster it is tried again.
    private static Task ConflictAsync(SystemUnderTest system)
    {
        var attempt = 0;
        return Eventually.HoldsAsync(
            async () =>
            {
                var customer = $"edited-{++attempt}";
                await Task.WhenAll(new[] { AppIds.Orders, AppIds.Invoices }.Select(replica => system.Gateway.PatchCustomerAsync(
                    replica, customer, JsonSerializer.SerializeToElement(new { name = $"from {replica}" }), $"{customer}-{replica}",
                    CancellationToken.None)));
                return (await ScrapeAsync(system, AppIds.Orders)).Sum("consistency_conflicts_total") > 0
                    || (await ScrapeAsync(system, AppIds.Invoices)).Sum("consistency_conflicts_total") > 0;
            },
            () => "no conflict is told");
    }

    private static async Task<Scrape> ScrapeAsync(SystemUnderTest system, string app)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(system.Yaml.AddressOf(app), "metrics"));
        if (app == AppIds.Gateway)
        {
            request.Headers.Authorization = new("Bearer", system.Secrets.OperatorKey);
        }

        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return new Scrape(await response.Content.ReadAsStringAsync());
    }

    /// <summary>An answer in text format.</summary>
    private sealed class Scrape
    {
        private readonly List<(string Name, string Labels, double Value)> samples;

        public Scrape(string text)
        {
            Text = text;
            samples =
            [
                .. text.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l =>
                {
                    var (open, space) = (l.IndexOf('{', StringComparison.Ordinal), l.LastIndexOf(' '));
                    var value = l[(space + 1)..] switch { "+Inf" => double.PositiveInfinity, var v => double.Parse(v, CultureInfo.InvariantCulture) };
                    return open < 0 ? (l[..space], "", value) : (l[..open], l[open..space], value);
                }),
            ];
        }

        public string Text { get; }

        public IReadOnlySet<string> Names => samples.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);

        public IReadOnlyList<string> Labels(string name) => [.. samples.Where(s => s.Name == name).Select(s => s.Labels)];

        /// <summary>Sum over the series that have all these labels.</summary>
        public double Sum(string name, params string[] labels) =>
            samples.Where(s => s.Name == name && labels.All(l => s.Labels.Contains(l, StringComparison.Ordinal))).Sum(s => s.Value);
    }
}
