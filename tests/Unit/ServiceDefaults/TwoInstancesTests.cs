using System.Net.Http.Json;
using System.Text.Json;
using Consistency.Storage;
using Contracts;
using Contracts.Events;
using Contracts.Feeds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Feeds;
using ServiceDefaults.Hosting;
using ServiceDefaults.Traffic;
using Tests.Unit.Consistency;
using Tests.Unit.ServiceDefaults.Syncing;

namespace Tests.Unit.ServiceDefaults;

/// <summary>
/// Goal: it makes no difference which of two instances of a service is asked.
/// Method: two apps on one file, over real sockets.
/// </summary>
public sealed class TwoInstancesTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("instances-").FullName;
    private readonly HttpClient client = new();
    private WebApplication one = null!;
    private WebApplication two = null!;

    public async ValueTask InitializeAsync()
    {
        one = await StartAsync();
        two = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await one.DisposeAsync();
        await two.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task either_tells_what_both_have_counted()
    {
        Count(one, orders: 3);
        Count(two, orders: 4);

        await EventuallyIsAsync(one, "7");
        await EventuallyIsAsync(two, "7");

        Count(one, orders: 1);
        await EventuallyIsAsync(one, "8");
        (await ProgressAsync(one)).GetProperty("traffic").GetProperty("process").GetString()
            .ShouldBe((await ProgressAsync(two)).GetProperty("traffic").GetProperty("process").GetString());

        async Task EventuallyIsAsync(WebApplication app, string messages) => await Eventually.HoldsAsync(
            async () => (await ProgressAsync(app)).GetProperty("traffic").GetProperty("byPattern").TryGetProperty(Patterns.Events, out var traffic)
                && traffic.GetProperty("messages").GetRawText() == messages,
            () => $"the sum should be {messages}");
    }

    [Fact]
    public async Task a_start_of_another_instance_is_told_as_counts_that_may_be_lost()
    {
        var before = (await ProgressAsync(one)).GetProperty("traffic").GetProperty("process").GetString();

        await using var three = await StartAsync();

        (await ProgressAsync(one)).GetProperty("traffic").GetProperty("process").GetString().ShouldNotBe(before);
    }

    [Fact]
    public async Task either_knows_how_far_a_follower_has_read_whom_it_asked()
    {
        await RaiseAsync(one, "pulled-a", "pulled-b");
        var page = await ReadAsync(two, "?lane=pulled&consumer=follower");
        (await UnreadAsync(one)).ShouldBe(2);

        await ReadAsync(two, $"?lane=pulled&consumer=follower&after={page.Cursor}");

        await Eventually.HoldsAsync(async () => await UnreadAsync(one) == 0, () => "the other was told");
        (await UnreadAsync(two)).ShouldBe(0);
    }

    [Fact]
    public async Task who_waits_at_one_is_answered_with_a_commit_of_the_other()
    {
        var waiting = ReadAsync(one, $"?wait={FeedLimits.WaitMsMax}");

        await RaiseAsync(two, "a");

        (await waiting).Items.Single().Key.ShouldBe("a");
    }

    [Fact]
    public async Task a_start_of_another_instance_rewinds_nobody()
    {
        await RaiseAsync(one, "a");
        var first = await ReadAsync(one, "");
        await using var three = await StartAsync();
        await RaiseAsync(three, "b");
        await RaiseAsync(one, "c");

        foreach (var app in new[] { one, two, three })
        {
            var next = await ReadAsync(app, $"?after={first.Cursor}");
            next.Rewound.ShouldBeFalse();
            next.Items.Select(i => i.Key).ShouldBe(["b", "c"]);
            (await ReadAsync(one, $"?after={next.Cursor}")).Rewound.ShouldBeFalse();
        }
    }

    private static void Count(WebApplication app, int orders)
    {
        for (var i = 0; i < orders; i++)
        {
            app.Services.GetRequiredService<TrafficMeter>().Published(EventTypeAttribute.OfOrders.First());
        }
    }

    private static async Task RaiseAsync(WebApplication app, params string[] names)
    {
        foreach (var name in names)
        {
            await app.Services.GetRequiredService<WriteQueue<TallyDb>>().ExecuteAsync(work => FedTally.Raise(work, name));
        }
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("DATA_DIR", (string?)directory)]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddConsistentService<TallyDb>("tallies", o => new TallyDb(o), "follower");
        var app = builder.Build();
        app.MapConsistentService<TallyDb>(_ => 0);
        await app.Services.GetRequiredService<WriteQueue<TallyDb>>().ExecuteAsync(work => work.Db.Database.ExecuteSqlRaw(
            "CREATE TABLE IF NOT EXISTS fed_tally (Name TEXT PRIMARY KEY, Count INTEGER NOT NULL)"));
        app.MapChanges<TallyDb>(feed => feed.Offer(
            "tally",
            (db, keys) => db.Fed.FromSqlRaw("SELECT * FROM fed_tally WHERE Name IN (SELECT value FROM json_each({0}))", keys),
            t => new TallyState(t.Name, t.Count)));
        await app.StartAsync();
        return app;
    }

    private async Task<ChangePage> ReadAsync(WebApplication app, string query) =>
        (await client.GetFromJsonAsync<ChangePage>(new Uri($"{app.Urls.First()}/changes{query}")))!;

    private async Task<long> UnreadAsync(WebApplication app) => (await ProgressAsync(app)).GetProperty("unread").GetInt64();

    private Task<JsonElement> ProgressAsync(WebApplication app) => client.GetFromJsonAsync<JsonElement>(new Uri($"{app.Urls.First()}/progress"));
}
