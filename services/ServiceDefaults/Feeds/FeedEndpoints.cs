using System.Runtime.InteropServices;
using System.Text.Json;
using Consistency.Feeds;
using Consistency.Storage;
using Consistency.Telemetry;
using Contracts;
using Contracts.Feeds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Problems;

namespace ServiceDefaults.Feeds;

/// <summary>Offers a service's change feed to the other services. Not routed by the gateway.</summary>
public static class FeedEndpoints
{
    /// <summary>Maps <c>GET /changes</c>.</summary>
    /// <param name="app">The app.</param>
    /// <param name="offer">Which records the feed has.</param>
    public static void MapChanges<TDb>(this WebApplication app, Action<FeedBuilder<TDb>> offer)
        where TDb : DbContext
    {
        var builder = new FeedBuilder<TDb>();
        offer(builder);
        var meter = app.Services.GetRequiredService<ConsistencyMeter>();
        builder.Kinds.ToList().ForEach(meter.ExpectRepairs);
        var source = new FeedSource<TDb>(
            app.Services.GetRequiredService<Database<TDb>>(),
            app.Services.GetRequiredService<ChangeFeed<TDb>>(),
            app.Services.GetRequiredService<WriteQueue<TDb>>().Changes,
            builder,
            app.Services.GetRequiredService<TimeProvider>());
        var readers = app.Services.GetRequiredService<FeedReaders<TDb>>();
        app.MapGet("/changes", async (
            string? after, int? limit, string? lane, int? quiet, int? wait, string? consumer, CancellationToken cancellationToken) =>
        {
            var query = Check(after, limit, lane, quiet, wait);
            if (query.Lane == Lane.Pulled)
            {
                readers.Note(consumer, query.After);
            }

            return TypedResults.Ok(await source.ReadAsync(query, cancellationToken));
        });
    }

    private static FeedQuery Check(string? after, int? limit, string? lane, int? quiet, int? wait)
    {
        var errors = new FieldErrors();
        if (!FeedCursor.TryParse(after, out var cursor))
        {
            errors.Add("after", $"'{FieldErrors.Shorten(after!)}' is no cursor; send the one of the last page, or none to start.");
        }

        if (lane is not (null or FeedLanes.All or FeedLanes.Pulled or FeedLanes.Pushed))
        {
            errors.Add("lane", $"'{FieldErrors.Shorten(lane)}' is none of {FeedLanes.Pulled}, {FeedLanes.Pushed}, {FeedLanes.All}.");
        }

        errors.CheckRange("limit", limit ?? FeedLimits.PageMax, 1, FeedLimits.PageMax);
        errors.CheckRange("quiet", quiet ?? 0, 0, FeedLimits.QuietMsMax);
        errors.CheckRange("wait", wait ?? 0, 0, FeedLimits.WaitMsMax);
        RefusedException.ThrowIfAny(errors);
        return new FeedQuery(
            cursor,
            lane switch { FeedLanes.Pulled => Lane.Pulled, FeedLanes.Pushed => Lane.Pushed, _ => null },
            limit ?? (quiet > 0 ? FeedLimits.QuietPage : FeedLimits.PageMax),
            TimeSpan.FromMilliseconds(quiet ?? 0),
            TimeSpan.FromMilliseconds(wait ?? 0));
    }
}

/// <summary>What a follower asks for.</summary>
/// <param name="After">Where it stands.</param>
/// <param name="Lane">Only this lane; null for all.</param>
/// <param name="CountMax">Most changes.</param>
/// <param name="Quiet">Only what has not changed for so long; zero for everything.</param>
/// <param name="Wait">How long to wait where there is nothing.</param>
internal sealed record FeedQuery(FeedCursor After, Lane? Lane, int CountMax, TimeSpan Quiet, TimeSpan Wait);

/// <summary>Reads pages of the feed with their records, and waits for the next commit where there is nothing yet.</summary>
internal sealed class FeedSource<TDb>(
    Database<TDb> database, ChangeFeed<TDb> feed, CommitSignal commits, FeedBuilder<TDb> builder, TimeProvider time)
    where TDb : DbContext
{
    public async Task<ChangePage> ReadAsync(FeedQuery query, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        while (true)
        {
            var committed = commits.Next(query.Lane);
            var page = Read(query);
            var left = query.Wait - time.GetElapsedTime(asked);
            if (page.Items.Count > 0 || left <= TimeSpan.Zero)
            {
                return page;
            }

            // Commits of another instance on the same database wake, too.
            await Task.WhenAny(committed, Task.Delay(left, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public ChangePage Read(FeedQuery query)
    {
        var now = time.GetUtcNow();
        var rows = feed.Read(query.After, query.Lane, query.CountMax, query.Quiet > TimeSpan.Zero ? now - query.Quiet : null, now);

        // Read after the rows: a record may be newer than its place says, and is then found again at its new one.
        var states = rows.Rows.Count == 0 ? [] : database.Read(db => builder.Read(db, rows.Rows));
        var items = new List<Change>(rows.Rows.Count);
        var (bytes, end) = (0, 0);
        for (; end < rows.Rows.Count; end++)
        {
            var row = rows.Rows[end];
            JsonElement? data = states.TryGetValue((row.Kind, row.Key), out var state) ? state : null;
            bytes += data is { } told ? JsonMarshal.GetRawUtf8Value(told).Length : 0;
            if (bytes > FeedLimits.PageBytesMax && items.Count > 0)
            {
                break;
            }

            if (row.Deleted || data is not null)
            {
                items.Add(new Change(row.Kind, row.Key, row.Sequence, row.ChangedAt, row.Deleted, data, row.Traceparent));
            }
        }

        var isCut = end < rows.Rows.Count;
        return new ChangePage(
            items,
            (isCut ? rows.Cursor with { Sequence = rows.Rows[end - 1].Sequence } : rows.Cursor).ToString(),
            rows.More || isCut,
            rows.More || isCut ? rows.Rows[end - 1].ChangedAt : now - query.Quiet,
            rows.Rewound);
    }
}
