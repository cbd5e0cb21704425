using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tests.Browser.Zipkin;

/// <summary>The pages of the embedded Zipkin, as a person with a browser meets them.</summary>
public sealed class TracePagesTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private Traces _traces = null!;

    public async ValueTask InitializeAsync() => _traces = await Traces.StartAsync();

    public ValueTask DisposeAsync() => _traces.DisposeAsync();

    [Fact]
    public async Task without_traces_the_list_says_how_to_get_some()
    {
        var page = await chromium.OpenAsync();

        await page.GotoAsync(_traces.Page());

        await Expect(page.Locator(".message")).ToContainTextAsync("No traces yet");
    }

    [Fact]
    public async Task traces_are_listed_latest_first_with_root_services_and_duration()
    {
        await ReportOrderAsync("post /orders", secondsAgo: 30);
        await ReportOrderAsync("post /stock", secondsAgo: 10, error: "short");
        var page = await chromium.OpenAsync();

        await page.GotoAsync(_traces.Page());

        var rows = page.Locator(".traces .trace");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(0)).ToContainTextAsync("gateway post /stock1 error");
        await Expect(rows.Nth(0)).ToContainTextAsync("120 ms");
        await Expect(rows.Nth(1).Locator(".who")).ToHaveTextAsync("3 spansorders 2gateway 1");
    }

    [Fact]
    public async Task the_filter_narrows_the_list_and_stands_in_the_address()
    {
        await ReportOrderAsync("post /orders", secondsAgo: 30);
        await ReportOrderAsync("post /stock", secondsAgo: 10, error: "short");
        var page = await chromium.OpenAsync();
        await page.GotoAsync(_traces.Page());
        var rows = page.Locator(".traces .trace");

        await page.GetByLabel("errors only").CheckAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await page.ReloadAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await page.GetByLabel("errors only").UncheckAsync();
        await page.GetByLabel("Service").SelectOptionAsync("gateway");
        await page.GetByLabel("Span name").SelectOptionAsync("post /orders");
        await Expect(rows).ToHaveCountAsync(1);
        await page.GetByLabel("At least").FillAsync("1s");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find", Exact = true }).ClickAsync();

        await Expect(page.Locator(".message")).ToContainTextAsync("No trace matches");
        page.Url.ShouldContain("serviceName=gateway");
        page.Url.ShouldContain("minDuration=1s");
    }

    [Fact]
    public async Task the_waterfall_shows_the_tree_with_bars_to_scale()
    {
        var id = await ReportOrderAsync("post /orders", secondsAgo: 5);
        var page = await chromium.OpenAsync();

        await page.GotoAsync(_traces.Page($"traces/{id}"));

        var rows = page.Locator(".rows .row");
        await Expect(rows).ToHaveCountAsync(3);
        (await rows.EvaluateAllAsync<int[]>("rows => rows.map(row => Number(row.getAttribute('aria-level')))")).ShouldBe([1, 2, 3]);
        var bars = await rows.Locator(".bar").EvaluateAllAsync<double[][]>(
            "bars => bars.map(bar => { const b = bar.getBoundingClientRect(), t = bar.parentElement.getBoundingClientRect(); return [(b.x - t.x) / t.width, b.width / t.width]; })");
        bars[0].ShouldBe([0, 1], 0.01);
        bars[1].ShouldBe([0.25, 0.5], 0.01);
        bars[2].ShouldBe([0.5, 0.125], 0.01);
    }

    [Fact]
    public async Task the_keyboard_moves_through_the_tree_and_opens_details()
    {
        var id = await ReportOrderAsync("post /orders", secondsAgo: 5, error: "short of SKU-7");
        var page = await chromium.OpenAsync();
        await page.GotoAsync(_traces.Page($"traces/{id}"));
        var rows = page.Locator(".rows .row");
        await rows.First.FocusAsync();

        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(rows).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".details")).ToContainTextAsync("short of SKU-7");
        await Expect(page.Locator(".details")).ToContainTextAsync("outbox.written");
        await Expect(rows.Nth(2)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".details")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task a_link_in_a_tag_leads_to_the_other_trace_with_its_span_open()
    {
        var other = _traces.NewTraceId();
        var target = _traces.Span(other, null, "orders", "replay", Traces.Now, 0, 5, ("who", "operator"));
        var traceId = _traces.NewTraceId();
        await _traces.ReportAsync(
            target, _traces.Span(traceId, null, "orders", "process orders", Traces.Now, 0, 5, ("link.0", $"00-{other}-{(string)target["id"]!}-01")));
        var page = await chromium.OpenAsync();
        await page.GotoAsync(_traces.Page($"traces/{traceId}"));

        await page.Locator(".row").ClickAsync();
        await page.Locator(".details").GetByRole(AriaRole.Link, new() { NameRegex = new($"of trace {other}") }).ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("orders replay");
        await Expect(page.Locator(".details")).ToContainTextAsync("operator");
    }

    [Fact]
    public async Task a_long_wait_is_shortened_until_somebody_wants_it_to_scale()
    {
        var (id, start) = (_traces.NewTraceId(), Traces.Now - 20_000_000);
        var root = _traces.Span(id, null, "orders", "orchestration||fulfilorder", start, 0, 10_040);
        await _traces.ReportAsync(
            root, _traces.Span(id, (string)root["id"]!, "orders", "activity||reservestock", start, 0, 20),
            _traces.Span(id, (string)root["id"]!, "orders", "activity||issueinvoice", start, 10_020, 20));
        var page = await chromium.OpenAsync();
        await page.GotoAsync(_traces.Page($"traces/{id}"));
        var bar = page.Locator(".row").Nth(1).Locator(".bar");

        await Expect(page.Locator(".wait-label")).ToHaveTextAsync("⋯ 10 s ⋯");
        (await bar.BoundingBoxAsync())!.Width.ShouldBeGreaterThan(200);
        await page.GetByLabel("shorten a wait of 10 s").UncheckAsync();

        await Expect(page.Locator(".wait-label")).ToHaveCountAsync(0);
        (await bar.BoundingBoxAsync())!.Width.ShouldBeLessThan(5);
    }

    [Theory]
    [InlineData(100_000_000_000_000_000)]
    [InlineData(9_000_000_000_000_000_000)]
    public async Task a_span_of_a_far_future_is_shown(long start)
    {
        var id = _traces.NewTraceId();
        await _traces.ReportAsync(_traces.Span(id, null, "orders", "process", start, 0, 0.01));
        var page = await chromium.OpenAsync();

        await page.GotoAsync(_traces.Page($"traces/{id}"));

        await Expect(page.Locator(".rows .row")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task hostile_names_are_shown_as_text()
    {
        const string Script = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
        var id = _traces.NewTraceId();
        var span = _traces.Span(id, null, Script, Script, Traces.Now, 0, 5, (Script, Script), ("error", Script));
        span["annotations"] = new JsonArray(new JsonObject { ["timestamp"] = Traces.Now, ["value"] = Script });
        await _traces.ReportAsync(span);
        var page = await chromium.OpenAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(_traces.Page()[..^"zipkin/".Length], StringComparison.Ordinal))
            {
                complaints.Add(request.Url);
            }
        };

        foreach (var address in new[] { _traces.Page(), _traces.Page($"traces/{id}"), _traces.Page("dependency") })
        {
            await page.GotoAsync(address);
            await Expect(page.Locator("#view > *").First).ToBeVisibleAsync();
        }

        await page.GotoAsync(_traces.Page($"traces/{id}"));
        await page.Locator(".row").ClickAsync();

        await Expect(page.Locator("h1")).ToContainTextAsync(Script.ToLowerInvariant());
        await Expect(page.Locator(".details .failed td")).ToHaveTextAsync(Script);
        (await page.Locator("#view script, #view img").CountAsync()).ShouldBe(0);
        (await page.TitleAsync()).ShouldNotBe("owned");
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_trace_that_is_not_here_is_said_to_be_so()
    {
        var page = await chromium.OpenAsync();

        await page.GotoAsync(_traces.Page("traces/00000000000000000000000000000abc"));
        await Expect(page.Locator("h1")).ToHaveTextAsync("This trace is not here");
        await page.GotoAsync(_traces.Page("traces/%3Cscript%3E"));

        await Expect(page.Locator("h1")).ToHaveTextAsync("This is no trace id");
        await Expect(page.Locator("code")).ToHaveTextAsync("<script>");
    }

    [Fact]
    public async Task a_narrow_window_needs_no_sideways_scrolling()
    {
        var id = await ReportOrderAsync("post /orders/with/a/very/long/path/that/goes/on/and/on/" + new string('x', 200), secondsAgo: 5);
        var page = await chromium.OpenAsync(width: 380, height: 700);

        foreach (var address in new[] { _traces.Page(), _traces.Page($"traces/{id}") })
        {
            await page.GotoAsync(address);
            await Expect(page.Locator(".trace, .row").First).ToBeVisibleAsync();
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(380);
        }
    }

    [Fact]
    public async Task who_calls_whom_is_told()
    {
        var (id, start) = (_traces.NewTraceId(), Traces.Now);
        var client = _traces.Span(id, null, "gateway", "post", start, 0, 10);
        client["kind"] = "CLIENT";
        var server = _traces.Span(id, (string)client["id"]!, "orders", "post /orders", start, 2, 5, ("error", "409"));
        server["kind"] = "SERVER";
        await _traces.ReportAsync(client, server);
        var page = await chromium.OpenAsync();

        await page.GotoAsync(_traces.Page("dependency"));

        await Expect(page.Locator("tbody tr")).ToHaveTextAsync("gatewayorders11");
    }

    // 120 ms of gateway, in them 60 ms of orders, in them 15 ms of orders again.
    private async Task<string> ReportOrderAsync(string name, int secondsAgo, string? error = null)
    {
        var (id, start) = (_traces.NewTraceId(), Traces.Now - (secondsAgo * 1_000_000L));
        var root = _traces.Span(id, null, "gateway", name, start, 0, 120);
        var middle = _traces.Span(id, (string)root["id"]!, "orders", "process", start, 30, 60);
        var leaf = _traces.Span(id, (string)middle["id"]!, "orders", "sqlite", start, 60, 15, error is null ? [] : [("error", error)]);
        leaf["annotations"] = new JsonArray(new JsonObject { ["timestamp"] = start + 65_000, ["value"] = "outbox.written" });
        await _traces.ReportAsync(root, middle, leaf);
        return id;
    }
}
