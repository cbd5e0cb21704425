using Consistency.Storage;
using Contracts.Ordering;
using Gateway.Views.Reading;

namespace Gateway.Views;

/// <summary>What an operator sees of the view.</summary>
internal static class ViewStates
{
    public static OrderViewState Read(Database<ViewsDb> database, DateTimeOffset now) => database.Read(db =>
    {
        var freshness = ViewFreshness.Read(db);
        var state = db.State();
        return new OrderViewState(
            db.Orders.LongCount(r => r.Edition == state.Active),
            freshness.AsOf,
            ViewFreshness.Lag(freshness.AsOf, now),
            freshness.Sources(now),
            state.Building is { } building ? Rebuild(db, building, state) : null);
    });

    private static OrderViewRebuild Rebuild(ViewsDb db, long building, EditionState state) => new(
        state.BuildReason!,
        state.BuildSince!.Value,
        db.Orders.LongCount(r => r.Edition == building),
        [.. db.Complete.Where(c => c.Edition == building).OrderBy(c => c.Source).Select(c => c.Source)]);
}
