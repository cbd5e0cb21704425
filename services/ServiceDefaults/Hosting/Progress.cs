using Consistency.DeadLetters;
using Consistency.Inbox;
using Consistency.Outbox;
using Consistency.Storage;
using Contracts.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Hosting;

internal static class Progress
{
    public static ServiceProgress Of<TDb>(Database<TDb> database, OutboxStore<TDb> outbox, Func<TDb, long> unsettled)
        where TDb : DbContext =>
        new(database.Read(unsettled), outbox.Depth(), database.DuplicatesSuppressed(), database.DeadLetterCount());
}
