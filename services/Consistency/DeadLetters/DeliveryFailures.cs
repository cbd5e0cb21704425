using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.DeadLetters;

/// <summary>Remembers failed handlings until the message is given up, or forgotten because a later attempt did better.</summary>
internal static class DeliveryFailures
{
    /// <summary>Counts a failed handling.</summary>
    public static void Record<TDb>(UnitOfWork<TDb> work, string messageId, string reason)
        where TDb : DbContext => work.Statements.Run(
        """
        INSERT INTO delivery_failure (message_id, attempts, reason, first_failed_at, last_failed_at) VALUES (@id, 1, @reason, @now, @now)
        ON CONFLICT (message_id) DO UPDATE SET attempts = attempts + 1, reason = excluded.reason, last_failed_at = excluded.last_failed_at
        """,
        ("@id", messageId),
        ("@reason", reason),
        ("@now", work.Now.ToUnixTimeMilliseconds()));

    // The letter carries them from now on.
    public static void Forget<TDb>(UnitOfWork<TDb> work, string messageId)
        where TDb : DbContext =>
        work.Statements.Run("DELETE FROM delivery_failure WHERE message_id = @id", ("@id", messageId));
}
