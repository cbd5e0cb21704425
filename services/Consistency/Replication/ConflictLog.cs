using System.Text.Json;
using Consistency.Conflicts;
using Consistency.Storage;
using Contracts.Conflicts;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Replication;

/// <summary>
/// Remembers what was written concurrently, so that no value is dropped without a trace. What a replica never saw side by side, because it heard of
/// the conflict and of its end at once, is not in its log.
/// </summary>
internal sealed class ConflictLog(string kind, IReadOnlyList<FieldRule> rules)
{
    public void Note<TDb>(UnitOfWork<TDb> work, string key, RecordState before, RecordState after)
        where TDb : DbContext
    {
        foreach (var rule in rules)
        {
            var (was, now) = (Resolution.Of(before, rule), Resolution.Of(after, rule));
            var known = was.Candidates.Select(c => c.Sibling.Stamp).ToHashSet();
            if (now.Candidates.Any(c => !known.Contains(c.Sibling.Stamp)))
            {
                Meet(work, key, rule, now);
            }

            if (!now.IsOpen)
            {
                End(work, key, rule, now, after);
            }
        }
    }

    private void Meet<TDb>(UnitOfWork<TDb> work, string key, FieldRule rule, Resolution now)
        where TDb : DbContext
    {
        var policy = PolicyNames.Of(rule.Policy);
        work.Statements.Run(
            """
            INSERT INTO conflict (kind, key, field, policy, kept, siblings, seen_at, resolved_at, resolved_by)
            VALUES (@kind, @key, @field, @policy, @kept, @siblings, @now, @resolved, @by)
            ON CONFLICT (kind, key, field) WHERE resolved_at IS NULL DO UPDATE SET kept = excluded.kept, siblings = excluded.siblings
            """,
            ("@kind", kind),
            ("@key", key),
            ("@field", rule.Name),
            ("@policy", policy),
            ("@kept", now.Value.Json),
            ("@siblings", JsonSerializer.Serialize(now.ToSiblings(), JsonSerializerOptions.Web)),
            ("@now", work.Now.ToUnixTimeMilliseconds()),
            ("@resolved", now.IsOpen ? null : work.Now.ToUnixTimeMilliseconds()),
            ("@by", now.IsOpen ? null : policy));
        work.AfterCommit(meter => meter.ConflictMet(policy));
    }

    // Also where the policy was changed meanwhile: what is open is always looked for, and is almost never there.
    private void End<TDb>(UnitOfWork<TDb> work, string key, FieldRule rule, Resolution now, RecordState after)
        where TDb : DbContext => work.Statements.Run(
        """
        UPDATE conflict SET kept = @kept, resolved_at = @now, resolved_by = @by
        WHERE kind = @kind AND key = @key AND field = @field AND resolved_at IS NULL
        """,
        ("@kept", now.Value.Json),
        ("@now", work.Now.ToUnixTimeMilliseconds()),
        ("@by", after[rule.Name].Siblings.Select(s => s.Stamp.Dot.Replica).LastOrDefault()),
        ("@kind", kind),
        ("@key", key),
        ("@field", rule.Name));
}

/// <summary>Conflicts as answers tell them.</summary>
public static class ConflictShapes
{
    /// <summary>The values in conflict.</summary>
    public static IReadOnlyList<ConflictSibling> ToSiblings(this Resolution resolution) =>
    [
        .. resolution.Candidates.Select(c => new ConflictSibling(
            c.Path, c.Sibling.Value.ToElement(), c.Sibling.Stamp.Time.Wall, c.Sibling.Stamp.Dot.Replica, c.IsUsed)),
    ];
}
