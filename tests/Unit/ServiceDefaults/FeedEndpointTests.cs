using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Consistency.Storage;
using Contracts.Feeds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Feeds;
using ServiceDefaults.Hosting;
using ServiceDefaults.Syncing;
using Tests.Unit.Consistency;
using Tests.Unit.ServiceDefaults.Syncing;

namespace Tests.Unit.ServiceDefaults;

/// <summary>GET /changes and POST /sync, over real sockets.</summary>
public sealed class FeedEndpointTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("feed-").FullName;
    private readonly HttpClient client = new();
    private WebApplication app = null!;
    private int sessions;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("DATA_DIR", (string?)directory)]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddConsistentService<TallyDb>("tallies", o => new TallyDb(o), "follower");
        app = builder.Build();
        app.MapConsistentService<TallyDb>(_ => 0);
        await app.Services.GetRequiredService<WriteQueue<TallyDb>>().ExecuteAsync(work => work.Db.Database.ExecuteSqlRaw(
            "CREATE TABLE fed_tally (Name TEXT PRIMARY KEY, Count INTEGER NOT NULL)"));
        app.MapChanges<TallyDb>(feed => feed.Offer(
            "tally",
            (db, keys) => db.Fed.FromSqlRaw("SELECT * FROM fed_tally WHERE Name IN (SELECT value FROM json_each({0}))", keys),
            t => new TallyState(t.Name, t.Count)));
        app.MapSync<TallyDb>(sync => sync.Also(_ =>
        {
            Interlocked.Increment(ref sessions);
            return Task.CompletedTask;
        }));
        await app.StartAsync();
        client.BaseAddress = new Uri(app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task a_page_has_the_records_as_they_are_now_and_a_cursor_to_read_on_with()
    {
        await RaiseAsync("pulled-a", "pulled-b", "pulled-a");

        var first = await ReadAsync("?limit=1");
        var second = await ReadAsync($"?after={first.Cursor}");

        first.Items.Single().Key.ShouldBe("pulled-b");
        first.More.ShouldBeTrue();
        second.Items.Single().Read<TallyState>().ShouldBe(new TallyState("pulled-a", 2));
        second.More.ShouldBeFalse();
        (await ReadAsync($"?after={second.Cursor}")).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task who_waits_is_answered_with_the_next_commit()
    {
        var waiting = ReadAsync($"?lane=pulled&wait={FeedLimits.WaitMsMax}");
        await RaiseAsync("a");
        await RaiseAsync("pulled-a");

        (await waiting).Items.Single().Key.ShouldBe("pulled-a");
    }

    [Fact]
    public async Task progress_tells_what_a_follower_has_not_read()
    {
        await RaiseAsync("pulled-a", "pulled-b", "a");
        (await UnreadAsync()).ShouldBe(2);

        var page = await ReadAsync("?lane=pulled&consumer=follower");
        await ReadAsync($"?lane=pulled&consumer=stranger&after={page.Cursor}");
        (await UnreadAsync()).ShouldBe(2, "it may have died before it applied the page");
        await ReadAsync($"?lane=pulled&consumer=follower&after={page.Cursor}");
        (await UnreadAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("after=nonsense", "after")]
    [InlineData("lane=slow", "lane")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("quiet=-1", "quiet")]
    [InlineData("wait=2001", "wait")]
    public async Task bad_input_is_told_by_field(string query, string field)
    {
        using var response = await client.GetAsync($"/changes?{query}");

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task a_tick_is_answered_at_once_and_wakes_the_worker()
    {
        using var probe = await client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/sync"));
        probe.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var tick = await client.PostAsync("/sync", content: null);
        tick.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(() => sessions == 1);
    }

    private async Task<ChangePage> ReadAsync(string query) => (await client.GetFromJsonAsync<ChangePage>($"/changes{query}"))!;

    private async Task<long> UnreadAsync() => (await client.GetFromJsonAsync<JsonElement>("/progress")).GetProperty("unread").GetInt64();

    private async Task RaiseAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await app.Services.GetRequiredService<WriteQueue<TallyDb>>().ExecuteAsync(work => FedTally.Raise(work, name));
        }
    }
}
