using Consistency.Feeds;
using Consistency.Storage;
using Contracts.Feeds;

namespace Gateway.Views.Following;

/// <summary>Where an edition stands in a feed.</summary>
/// <param name="Source">App id of the feed's owner.</param>
/// <param name="Edition">The edition.</param>
/// <param name="Cursor">Everything up to here is applied.</param>
/// <param name="AsOf">Everything is known that the owner had committed by then.</param>
internal sealed record Reading(string Source, long Edition, string Cursor, DateTimeOffset AsOf);

/// <summary>Applies a page of a feed together with its cursor, in one transaction: both or nothing.</summary>
internal static class PageApplying
{
    /// <summary>
    /// Applies a page. False where it is of no use any more, since another process on this file was faster or the edition is out of use:
    /// nothing is done then.
    /// </summary>
    public static bool Apply(UnitOfWork<ViewsDb> work, Reading reading, ChangePage page)
    {
        var state = work.Db.State();
        var isServing = reading.Edition == state.Active;
        if ((!isServing && reading.Edition != state.Building)
            || !FeedCursors.TryAdvance(
                work, reading.Source, Editions.Lane(reading.Edition), reading.Cursor, page.Cursor, AsOf(reading, page, isServing && state.Rewound)))
        {
            return false;
        }

        Apply(work, reading.Edition, page);
        if (page.Rewound)
        {
            Editions.OnRewound(work, reading.Source);
        }
        else if (!isServing && !page.More)
        {
            Editions.Complete(work, reading.Edition, reading.Source);
        }
        else if (isServing && state.Building is { } building && work.Db.Complete.Any(c => c.Edition == building && c.Source == reading.Source))
        {
            ApplyBeside(work, building, reading.Source, page);
        }

        return true;
    }

    // The feed is compacted: a record that changed twice is at the place of its later change only. So a page with more behind it may lack what
    // was committed before its end, and only the feed's end tells a time.
    private static DateTimeOffset AsOf(Reading reading, ChangePage page, bool hasLostRecords) =>
        page.More || page.Rewound || hasLostRecords ? reading.AsOf : page.AsOf;

    // An edition that has read the feed to the end was then at or beyond the place of the serving one, and has got every page since: it lacks
    // nothing up to this page's end. Hence it is never older than the serving one when it takes over.
    private static void ApplyBeside(UnitOfWork<ViewsDb> work, long building, string source, ChangePage page)
    {
        Apply(work, building, page);
        work.Run(
            "UPDATE feed_cursor SET cursor = @to, as_of = CASE WHEN @more THEN as_of ELSE @as_of END WHERE source = @source AND lane = @lane",
            ("@to", page.Cursor),
            ("@more", page.More),
            ("@as_of", page.AsOf.ToUnixTimeMilliseconds()),
            ("@source", source),
            ("@lane", Editions.Lane(building)));
    }

    private static void Apply(UnitOfWork<ViewsDb> work, long edition, ChangePage page)
    {
        foreach (var change in page.Items)
        {
            Projection.Apply(work, edition, change);
        }
    }
}
