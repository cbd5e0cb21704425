using Consistency.Conflicts;
using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Replication;

/// <summary>
/// This service's replica of the records of one kind: writes its own, joins what others send, and logs the conflicts that it meets. All within
/// the caller's transaction; whom to tell is the caller's business.
/// </summary>
/// <param name="kind">Kind of record.</param>
/// <param name="id">The name that this process writes under.</param>
/// <param name="rules">The fields, and how conflicts in them are read here.</param>
public sealed class RecordReplica<TDb>(string kind, ReplicaId id, IReadOnlyList<FieldRule> rules)
    where TDb : DbContext
{
    private readonly ConflictLog log = new(kind, rules);

    /// <summary>Kind of record.</summary>
    public string Kind => kind;

    /// <summary>The fields.</summary>
    public IReadOnlyList<FieldRule> Rules => rules;

    /// <summary>The record's state; empty where nobody has written it yet.</summary>
    public RecordState Read(TDb db, string key) =>
        db.FindRecord(kind, key) is { } record ? RecordStateJson.Read(record.Document) : RecordState.Empty;

    /// <summary>Writes registers of a record; none = no write.</summary>
    /// <returns>The state after it, or null where nothing was written.</returns>
    public RecordState? Write(UnitOfWork<TDb> work, string key, RecordState before, IReadOnlyDictionary<string, Leaf> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var after = before.Write(id.Name, work.Now, values);
        Save(work, key, before, after);
        return after;
    }

    /// <summary>Takes over what another replica knows.</summary>
    /// <returns>The state after it, or null where nothing was news.</returns>
    /// <exception cref="ClockDriftException">It was written by a clock that is too far ahead; nothing is taken over.</exception>
    public RecordState? Join(UnitOfWork<TDb> work, string key, RecordState received)
    {
        var before = Read(work.Db, key);
        if (before.Vector.Dominates(received.Vector))
        {
            return null;
        }

        received.ThrowIfAhead(work.Now);
        var after = before.Join(received);
        Save(work, key, before, after);
        return after;
    }

    private void Save(UnitOfWork<TDb> work, string key, RecordState before, RecordState after)
    {
        var document = RecordStateJson.Write(after);
        if (work.Db.FindRecord(kind, key) is { } record)
        {
            (record.Document, record.ChangedAt) = (document, work.Now);
        }
        else
        {
            work.Db.Add(new ReplicatedRecord { Kind = kind, Key = key, Document = document, ChangedAt = work.Now });
        }

        log.Note(work, key, before, after);
    }
}
