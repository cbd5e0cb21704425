using System.Text.Json;
using Consistency.Commands;
using Consistency.Feeds;
using Consistency.Identity;
using Consistency.Inbox;
using Consistency.Outbox;
using Consistency.Telemetry;
using Contracts.Events;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Storage;

/// <summary>
/// What a handler works with: the service's entities, the outbox, the inbox and the command log, all in one local transaction.
/// Handlers are synchronous on purpose: a transaction must not wait for anything but its own database.
/// </summary>
public sealed class UnitOfWork<TDb>
    where TDb : DbContext
{
    private readonly OutboxWriter outbox;

    internal UnitOfWork(TDb db, StatementCache statements, IIdSource ids, DateTimeOffset now)
    {
        Db = db;
        Now = now;
        Ids = ids;
        outbox = new OutboxWriter(statements, ids);
        Inbox = new InboxMarks(statements);
        Commands = new CommandLog(statements);
        Statements = statements;
    }

    /// <summary>The service's entities; saved when the handler returns.</summary>
    public TDb Db { get; }

    /// <summary>The time of this unit of work; the same for everything it writes.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>New ids.</summary>
    public IIdSource Ids { get; }

    /// <summary>Marks of messages that took effect.</summary>
    public InboxMarks Inbox { get; }

    /// <summary>Stored answers by idempotency key.</summary>
    public CommandLog Commands { get; }

    internal StatementCache Statements { get; }

    internal string? Traceparent { get; set; }

    internal OutboxChannels ChannelsUsed => outbox.Channels;

    internal Lanes LanesUsed { get; private set; }

    /// <summary>What is to be counted once this unit is committed; null for nothing.</summary>
    internal List<Action<ConsistencyMeter>>? Counts { get; private set; }

    /// <summary>
    /// Carries out a statement of the service's own in this transaction; for what an object mapper would do slower (upserts by the page).
    /// Kept compiled per text, so the text is a constant and values are parameters, always named in the same order. Returns the rows changed.
    /// </summary>
    public int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Statements.Run(sql, parameters);

    /// <summary>Has something counted after the commit, and never where this unit or its transaction is taken back.</summary>
    public void AfterCommit(Action<ConsistencyMeter> count) => (Counts ??= []).Add(count);

    /// <summary>
    /// Has <paramref name="message"/> published once this transaction is committed, at least once, in order per aggregate.
    /// </summary>
    /// <param name="aggregateId">CloudEvents subject.</param>
    /// <param name="version">The aggregate's version after this change, from 1.</param>
    /// <param name="message">An event record with <see cref="EventTypeAttribute"/>.</param>
    public void Publish<TEvent>(string aggregateId, long version, TEvent message)
    {
        var type = EventTypeAttribute.Of<TEvent>();
        var data = JsonSerializer.SerializeToUtf8Bytes(message, JsonSerializerOptions.Web);
        outbox.Add(OutboxChannel.Events, type.Topic, type.Type, aggregateId, version, data, Traceparent, Now);
    }

    /// <summary>
    /// Has a workflow told <paramref name="message"/> once this transaction is committed, at least once, in order per aggregate.
    /// </summary>
    /// <param name="aggregateId">What the workflow works for; messages of different aggregates may overtake each other.</param>
    /// <param name="version">The aggregate's version after this change, from 1.</param>
    /// <param name="message">What to tell; its type's name tells receivers how to read it.</param>
    public void TellWorkflow<TMessage>(string aggregateId, long version, TMessage message)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(message, JsonSerializerOptions.Web);
        outbox.Add(OutboxChannel.Workflow, "workflow", typeof(TMessage).Name, aggregateId, version, data, Traceparent, Now);
    }

    /// <summary>True if what <paramref name="act"/> does in this unit changes anything: entities, or rows by statements.</summary>
    public bool TakesEffect(Action act)
    {
        var before = Statements.RowsChanged;
        act();
        Db.ChangeTracker.DetectChanges();
        return Db.ChangeTracker.HasChanges() || Statements.RowsChanged > before;
    }

    /// <summary>
    /// Puts a record into the change feed that is no entity of its own: the part of one that rests while the rest of it changes often, so that
    /// followers who wait until it is quiet ever get to see it.
    /// </summary>
    /// <param name="kind">Its own kind, one of <see cref="Contracts.Feeds.FeedKinds"/>.</param>
    /// <param name="key">The entity's key.</param>
    /// <param name="lane">How others learn of the change.</param>
    public void RecordChange(string kind, string key, Lane lane) =>
        LanesUsed |= ChangeRecorder.Record(Statements, kind, key, lane, isDeleted: false, Traceparent, Now);
}
