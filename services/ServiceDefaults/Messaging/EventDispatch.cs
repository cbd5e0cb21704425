using System.Text.Json;
using Consistency;
using Consistency.Storage;
using Consistency.Versions;
using Dapr.AspNetCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Messaging;

/// <summary>What a service does about an event, inside one unit of work. The inbox mark is set already.</summary>
public delegate void EventHandling<TDb, TEvent>(UnitOfWork<TDb> work, Received<TEvent> message)
    where TDb : DbContext;

/// <summary>
/// Turns a bulk delivery into units of work of one transaction, and their outcomes into the answer to Dapr:
/// handled, repeated or stale = SUCCESS; too early or failed = RETRY; not an event at all = DROP (Dapr dead-letters it).
/// </summary>
internal sealed class EventDispatch<TDb, TEvent>(
    WriteQueue<TDb> writes, ServiceIdentity identity, EventHandling<TDb, TEvent> handle, ILogger logger, CrashHook? crash = null)
    where TDb : DbContext
{
    public async Task<BulkSubscribeAppResponse> HandleAsync(BulkSubscribeMessage<JsonElement> delivery, CancellationToken cancellationToken)
    {
        var answers = new List<BulkSubscribeAppResponseEntry>(delivery.Entries.Count);
        var entryIds = new List<string>(delivery.Entries.Count);
        var works = new List<(Func<UnitOfWork<TDb>, bool>, string?)>(delivery.Entries.Count);
        foreach (var entry in delivery.Entries)
        {
            var incoming = IncomingEvent.Read(entry, out var problem);
            if (incoming?.As<TEvent>(out problem) is { } message)
            {
                entryIds.Add(entry.EntryId);
                works.Add((work => HandleOnce(work, message), incoming.Traceparent));
            }
            else
            {
                logger.NotAnEvent(typeof(TEvent).Name, entry.EntryId, problem ?? "");
                answers.Add(new BulkSubscribeAppResponseEntry(entry.EntryId, BulkSubscribeAppResponseStatus.DROP));
            }
        }

        var outcomes = await writes.ExecuteAllAsync(works, cancellationToken);
        crash?.Invoke(CrashPoint.BeforeAcknowledge);
        for (var i = 0; i < outcomes.Count; i++)
        {
            answers.Add(new BulkSubscribeAppResponseEntry(entryIds[i], Answer(outcomes[i].Error, entryIds[i])));
        }

        return new BulkSubscribeAppResponse(answers);
    }

    private bool HandleOnce(UnitOfWork<TDb> work, Received<TEvent> message)
    {
        if (!work.Inbox.TryMark(identity.AppId, message.Id, work.Now))
        {
            return false;
        }

        handle(work, message);
        return true;
    }

    private BulkSubscribeAppResponseStatus Answer(Exception? error, string entryId)
    {
        switch (error)
        {
            case null:
                return BulkSubscribeAppResponseStatus.SUCCESS;
            case TooEarlyException:
                logger.TooEarly(typeof(TEvent).Name, entryId, error.Message);
                return BulkSubscribeAppResponseStatus.RETRY;
            default:
                logger.HandlingFailed(error, typeof(TEvent).Name, entryId);
                return BulkSubscribeAppResponseStatus.RETRY;
        }
    }
}
