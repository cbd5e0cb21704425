using Consistency.Storage;
using Contracts;

namespace Gateway.Views;

/// <summary>Which edition of the view serves, and which is being built.</summary>
internal sealed class EditionState
{
    public long Id { get; init; }

    public long Active { get; init; }

    /// <summary>The edition being built; null where none is.</summary>
    public long? Building { get; init; }

    /// <summary>Last number given out.</summary>
    public long Newest { get; init; }

    /// <summary>True where an owner was put back to an earlier state, and the serving edition may have what that owner has lost.</summary>
    public bool Rewound { get; init; }

    public string? BuildReason { get; init; }

    public DateTimeOffset? BuildSince { get; init; }
}

/// <summary>A feed that the edition being built has read to the end.</summary>
internal sealed class CompleteFeed
{
    public long Edition { get; init; }

    public required string Source { get; init; }
}

/// <summary>
/// Builds a second edition of the view while the first one serves, and lets it take over. All of it is in the database, so that a process
/// that dies goes on where it was.
/// </summary>
internal static class Editions
{
    /// <summary>The services whose feeds make up the view.</summary>
    public static readonly IReadOnlyList<string> Sources = [AppIds.Orders, AppIds.Inventory, AppIds.Invoices];

    /// <summary>Name of an edition's reading of the feeds, in the kernel's table of cursors.</summary>
    public static string Lane(long edition) => $"view-{edition}";

    /// <summary>Begins a rebuild, unless one is under way.</summary>
    public static void Request(UnitOfWork<ViewsDb> work, string reason)
    {
        if (work.Db.State().Building is null)
        {
            Begin(work, reason);
        }
    }

    /// <summary>
    /// An owner was put back to an earlier state. Its feed goes on from where its history is still the same, but what it has lost is still in
    /// the view, and also in what was built so far: the view is built anew from the beginning.
    /// </summary>
    public static void OnRewound(UnitOfWork<ViewsDb> work, string source)
    {
        work.Run("UPDATE order_view_state SET rewound = 1");
        Begin(work, $"'{source}' was put back to an earlier state");
    }

    /// <summary>The edition being built has read a feed to its end; once it has all of them, it takes over.</summary>
    public static void Complete(UnitOfWork<ViewsDb> work, long building, string source)
    {
        work.Run(
            "INSERT INTO order_view_complete (edition, source) VALUES (@edition, @source) ON CONFLICT DO NOTHING",
            ("@edition", building),
            ("@source", source));
        work.Run(
            """
            UPDATE order_view_state SET active = building, building = NULL, rewound = 0, build_reason = NULL, build_since = NULL
            WHERE building = @edition AND (SELECT count(*) FROM order_view_complete WHERE edition = @edition) = @sources
            """,
            ("@edition", building),
            ("@sources", Sources.Count));
    }

    /// <summary>Removes some of what editions out of use have left; returns the number of rows, 0 when nothing is left.</summary>
    public static int Sweep(UnitOfWork<ViewsDb> work)
    {
        var state = work.Db.State();
        var rows = Delete(work, 0, state.Active) + Delete(work, state.Active + 1, state.Building ?? long.MaxValue);
        if (rows == 0)
        {
            work.Run(
                "DELETE FROM order_view_complete WHERE edition NOT IN (@active, @building)", ("@active", state.Active), ("@building", state.Building ?? 0));
            work.Run(
                "DELETE FROM feed_cursor WHERE lane LIKE 'view-%' AND lane NOT IN (@active, @building)",
                ("@active", Lane(state.Active)),
                ("@building", Lane(state.Building ?? 0)));
        }

        return rows;
    }

    private static void Begin(UnitOfWork<ViewsDb> work, string reason) =>
        work.Run(
            "UPDATE order_view_state SET building = newest + 1, newest = newest + 1, build_reason = @reason, build_since = @now",
            ("@reason", reason),
            ("@now", work.Now.ToUnixTimeMilliseconds()));

    private static int Delete(UnitOfWork<ViewsDb> work, long from, long to) =>
        work.Run(
            """
            DELETE FROM order_view WHERE (edition, order_id) IN
                (SELECT edition, order_id FROM order_view WHERE edition >= @from AND edition < @to LIMIT @count)
            """,
            ("@from", from),
            ("@to", to),
            ("@count", ViewLimits.SweepRowsMax));
}
