using System.Text.Json;
using Consistency;
using Consistency.DeadLetters;
using Consistency.Storage;
using Consistency.Telemetry;
using Consistency.Versions;
using Contracts.Events;
using Dapr.AspNetCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Messaging;

/// <summary>What a service does about an event, inside one unit of work. The inbox mark is set already.</summary>
public delegate void EventHandling<TDb, TEvent>(UnitOfWork<TDb> work, Received<TEvent> message)
    where TDb : DbContext;

/// <summary>
/// Turns a bulk delivery into units of work of one transaction, and their outcomes into the answer to Dapr:
/// handled, repeated, stale or parked behind a dead letter of its aggregate = SUCCESS; too early or failed = RETRY; what no attempt can ever
/// handle is kept as a dead letter at once = DROP (golden: never retried, and Dapr sends a copy to the dead-letter topic). Failures are recorded in
/// the same transaction, because the copy that comes from the dead-letter topic tells no reason.
/// </summary>
internal sealed class EventDispatch<TDb, TEvent>(
    WriteQueue<TDb> writes, ServiceIdentity identity, EventHandling<TDb, TEvent> handle, ILogger logger, CrashHook? crash = null,
    ConsistencyMeter? meter = null) : IEventHandler<TDb>
    where TDb : DbContext
{
    private static readonly string Topic = EventTypeAttribute.Of<TEvent>().Topic;

    public async Task<BulkSubscribeAppResponse> HandleAsync(BulkSubscribeMessage<JsonElement> delivery, CancellationToken cancellationToken)
    {
        var entries = delivery.Entries.Select(e => new Entry(e, identity.AppId)).ToList();
        IReadOnlyList<Outcome<string>> outcomes;
        try
        {
            outcomes = await writes.ExecuteAllAsync(
                entries.Select(e => ((Func<UnitOfWork<TDb>, string>)(work => HandleOnce(work, e)), e.Span.Traceparent)),
                (work, ended) => NoteFailures(work, entries, ended),
                cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The transaction failed as a whole (disk full, locked by another process): nothing was written, the failures neither.
            outcomes = [.. entries.Select(_ => new Outcome<string>(default, new IOException("nothing could be written", e)))];
            entries.ForEach(_ => meter?.Processed(Topic, MessageOutcomes.Retry));
        }

        foreach (var (entry, outcome) in entries.Zip(outcomes))
        {
            End(entry, outcome, entries.Count);
        }

        crash?.Invoke(CrashPoint.BeforeAcknowledge);
        return new BulkSubscribeAppResponse(
            [.. entries.Zip(outcomes, (entry, outcome) => new BulkSubscribeAppResponseEntry(entry.Id, Answer(entry, outcome.Error)))]);
    }

    public void Handle(UnitOfWork<TDb> work, JsonElement envelope)
    {
        var message = IncomingEvent.Read(envelope, out var problem)?.As<TEvent>(out problem);
        handle(work, message ?? throw new PoisonException(problem ?? "no event"));
    }

    // What came of it, unless it throws: one of MessageOutcomes.
    private string HandleOnce(UnitOfWork<TDb> work, Entry entry)
    {
        var outcome = Receive(work, entry);
        work.AfterCommit(meter => meter.Processed(Topic, outcome));
        return outcome;
    }

    private string Receive(UnitOfWork<TDb> work, Entry entry)
    {
        if (entry.Message is not { } message)
        {
            // Kept before those behind it in this delivery are looked at: they may have to wait for it.
            DeadLetterStore.KeepFailed(work, identity.AppId, entry.ToLetter(), entry.Problem);
            return MessageOutcomes.Dead;
        }

        var isInLine = DeadLetterStore.IsInLine(work, Topic, message.Subject);
        if (isInLine && DeadLetterStore.IsHeld(work, Topic, message.Subject, message.Version, message.Id)
            && !work.Inbox.IsMarked(identity.AppId, message.Id))
        {
            DeadLetterStore.Park(work, identity.AppId, entry.ToLetter());
            return MessageOutcomes.Parked;
        }

        if (!work.Inbox.TryMark(identity.AppId, message.Id, work.Now))
        {
            return MessageOutcomes.Duplicate;
        }

        var takesEffect = work.TakesEffect(() => handle(work, message));
        if (isInLine)
        {
            DeadLetterStore.HandledByDelivery(work, message.Id);
        }

        return takesEffect ? MessageOutcomes.Handled : MessageOutcomes.Stale;
    }

    private IReadOnlyList<Outcome<string>> NoteFailures(
        UnitOfWork<TDb> work, IReadOnlyList<Entry> entries, IReadOnlyList<Outcome<string>> outcomes)
    {
        foreach (var (entry, outcome) in entries.Zip(outcomes))
        {
            if (outcome.Error is { } error && FailureReason.IsPermanent(error))
            {
                DeadLetterStore.KeepFailed(work, identity.AppId, entry.ToLetter(), FailureReason.Of(error));
                work.AfterCommit(static meter => meter.Processed(Topic, MessageOutcomes.Dead));
            }
            else if (outcome.Error is not null)
            {
                DeadLetterStore.Failed(work, entry.Message!.Id, FailureReason.Of(outcome.Error));
                work.AfterCommit(static meter => meter.Processed(Topic, MessageOutcomes.Retry));
            }
        }

        return outcomes;
    }

    private BulkSubscribeAppResponseStatus Answer(Entry entry, Exception? error)
    {
        switch (error)
        {
            case null when entry.Message is null:
                logger.NotAnEvent(typeof(TEvent).Name, entry.Id, entry.Problem);
                return BulkSubscribeAppResponseStatus.DROP;
            case null:
                return BulkSubscribeAppResponseStatus.SUCCESS;
            case TooEarlyException:
                logger.TooEarly(typeof(TEvent).Name, entry.Id, error.Message);
                return BulkSubscribeAppResponseStatus.RETRY;
            case var _ when FailureReason.IsPermanent(error):
                logger.NotAnEvent(typeof(TEvent).Name, entry.Id, error.Message);
                return BulkSubscribeAppResponseStatus.DROP;
            default:
                logger.HandlingFailed(error, typeof(TEvent).Name, entry.Id);
                return BulkSubscribeAppResponseStatus.RETRY;
        }
    }

    // From the delivery to the commit, which it shares with the others of its delivery.
    private static void End(Entry entry, Outcome<string> outcome, int count)
    {
        if (!entry.Span.IsRecorded)
        {
            return;
        }

        var problem = outcome.Error is { } error ? FailureReason.Of(error) : outcome.Value == MessageOutcomes.Dead ? entry.Problem : null;
        var came = outcome.Error is null ? outcome.Value : FailureReason.IsPermanent(outcome.Error) ? MessageOutcomes.Dead : MessageOutcomes.Retry;
        (problem is null ? entry.Span : entry.Span.Failed(problem)).With(SpanTags.Outcome, came).With(SpanTags.BatchSize, count).End();
    }

    // One entry of a delivery: an event, or what is wrong with it.
    private sealed class Entry
    {
        private readonly BulkSubscribeMessageEntry<JsonElement> entry;

        public Entry(BulkSubscribeMessageEntry<JsonElement> entry, string consumer)
        {
            this.entry = entry;
            Incoming = IncomingEvent.Read(entry.Event, out var problem);
            Message = Incoming?.As<TEvent>(out problem);
            Problem = problem ?? "";
            Span = MessageSpans.Consume(
                MessageSpans.Process, Topic, consumer, Incoming?.Id ?? "", Incoming?.Type, Incoming?.Subject, Incoming?.Traceparent, Span.Current);
        }

        public string Id => entry.EntryId;

        public IncomingEvent? Incoming { get; }

        public Received<TEvent>? Message { get; }

        public string Problem { get; }

        // Below what the envelope says, not below the delivery: that one carries messages of many traces.
        public Span Span { get; }

        public DeadLetter ToLetter() => IncomingEvent.ToLetter(Topic, entry.Event, isOurs: true);
    }
}
