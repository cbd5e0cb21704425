using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Replication;

/// <summary>Who decided a conflict, where that is known better than by the replica that wrote the deciding value.</summary>
public static class ConflictDecision
{
    /// <summary>Notes who decided the conflict of a field that this unit of work has closed; nothing where it has closed none.</summary>
    public static void SayWho<TDb>(UnitOfWork<TDb> work, string kind, string key, string field, string who)
        where TDb : DbContext => work.Statements.Run(
        "UPDATE conflict SET resolved_by = @who WHERE kind = @kind AND key = @key AND field = @field AND resolved_at = @now",
        ("@who", who),
        ("@kind", kind),
        ("@key", key),
        ("@field", field),
        ("@now", work.Now.ToUnixTimeMilliseconds()));
}
