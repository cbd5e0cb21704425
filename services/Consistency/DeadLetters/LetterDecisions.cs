using Consistency.Storage;
using Consistency.Telemetry;
using Contracts.DeadLetters;
using Contracts.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Consistency.DeadLetters;

/// <summary>
/// What an operator decides about dead letters: to handle them again, or never. Each decision is one transaction that looks at the letter as it is
/// then, so that two operators, two instances and repeated requests never act twice; the inbox mark goes with it. What was parked behind the letter
/// has its turn at once; where the process dies before that, with the next round of <see cref="ParkedReleases{TDb}"/>.
/// </summary>
public sealed class LetterDecisions<TDb>(
    Database<TDb> database, WriteQueue<TDb> writes, LetterHandling<TDb> handle, ParkedReleases<TDb> releases, TimeProvider time, CrashHook? crash = null)
    where TDb : DbContext
{
    /// <summary>Handles a dead letter again.</summary>
    /// <param name="id">The letter.</param>
    /// <param name="force">True: also where the loop guard is on (<see cref="DeadLetterLimits.ReplaysMax"/>).</param>
    /// <param name="by">Who does it.</param>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    /// <returns>What became of it; null where there is no such letter.</returns>
    public async Task<LetterOutcome?> ReplayAsync(long id, bool force, string by, CancellationToken cancellationToken)
    {
        var span = Begin(MessageSpans.Replay, id);
        var outcome = await writes.ExecuteAllAsync(
            [((Func<UnitOfWork<TDb>, LetterOutcome?>)(work => Replay(work, id, force, by)), span.Traceparent)],
            (work, outcomes) => outcomes[0].Error is { } error ? FailAgain(work, id, error) : outcomes[0].Value,
            cancellationToken);
        LetterSpans.End(
            span,
            outcome?.Result switch { LetterResults.Handled => true, LetterResults.Stale => false, _ => null },
            outcome?.Result == LetterResults.Failed ? outcome.Detail : null);
        return await ReleaseBehindAsync(outcome, cancellationToken);
    }

    /// <summary>Decides that a letter, dead or parked, is never to be handled. A late delivery of it has no effect either.</summary>
    /// <param name="id">The letter.</param>
    /// <param name="note">Why.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    /// <returns>What became of it; null where there is no such letter.</returns>
    public async Task<LetterOutcome?> DiscardAsync(long id, string note, string by, CancellationToken cancellationToken)
    {
        var span = Begin(MessageSpans.Discard, id);
        var outcome = await writes.ExecuteAsync(work => Discard(work, id, note, by), cancellationToken);
        if (outcome?.Result == LetterResults.Discarded)
        {
            span.With(SpanTags.Outcome, MessageOutcomes.Discarded).End();
        }
        else
        {
            span.Forget();
        }

        return await ReleaseBehindAsync(outcome, cancellationToken);
    }

    /// <summary>
    /// Handles a batch of dead letters again, in their order; those of one aggregate that have others before them which stay dead are left alone.
    /// </summary>
    public async Task<LettersOutcome> ReplayAllAsync(ReplayLetters request, CancellationToken cancellationToken)
    {
        var (letters, next) = Choose(request.Filter, request.After);
        var outcomes = new List<LetterOutcome>(letters.Count);
        var chosen = new HashSet<long>();
        foreach (var letter in letters)
        {
            var outcome = request.DryRun
                ? WouldReplay(letter, request.Force, chosen)
                : await ReplayAsync(letter.Id, request.Force, request.By ?? Operators.Unnamed, cancellationToken);
            if (outcome is not null)
            {
                outcomes.Add(outcome);
            }
        }

        return new LettersOutcome(request.DryRun, outcomes, next);
    }

    /// <summary>Decides for a batch of dead letters that they are never to be handled.</summary>
    public async Task<LettersOutcome> DiscardAllAsync(DiscardLetters request, CancellationToken cancellationToken)
    {
        var (letters, next) = Choose(request.Filter, request.After);
        var outcomes = new List<LetterOutcome>(letters.Count);
        foreach (var letter in letters)
        {
            var outcome = request.DryRun
                ? Outcome(letter, LetterResults.WouldDiscard)
                : await DiscardAsync(letter.Id, request.Note!, request.By ?? Operators.Unnamed, cancellationToken);
            if (outcome is not null)
            {
                outcomes.Add(outcome);
            }
        }

        return new LettersOutcome(request.DryRun, outcomes, next);
    }

    private Span Begin(string operation, long id) =>
        database.FindDeadLetter(id) is { } found ? LetterSpans.Begin(operation, found.Letter) : default;

    private LetterOutcome? Replay(UnitOfWork<TDb> work, long id, bool force, string by)
    {
        if (LetterTable.Find(work, id) is not { } letter)
        {
            return null;
        }

        if (!letter.IsOpen)
        {
            return Ended(letter);
        }

        if (LetterTable.FindAhead(work, letter) is { } ahead)
        {
            return letter.Outcome(LetterResults.Behind, Behind(ahead));
        }

        if (letter.Entry.Replays >= DeadLetterLimits.ReplaysMax && !force)
        {
            return letter.Outcome(LetterResults.Guarded, Guarded(letter.Entry.Replays));
        }

        var hasEffect = handle.HandleOnce(work, letter);
        LetterTable.End(work, id, DeadLetterStatuses.Replayed, by, replays: 1);
        return letter.Outcome(hasEffect ? LetterResults.Handled : LetterResults.Stale);
    }

    private static LetterOutcome FailAgain(UnitOfWork<TDb> work, long id, Exception error)
    {
        var letter = LetterTable.Find(work, id)!;
        var reason = FailureReason.Of(error);
        LetterTable.Failed(work, id, DeadLetterStatuses.Dead, reason, replays: 1);
        return letter.Outcome(LetterResults.Failed, reason);
    }

    private static LetterOutcome? Discard(UnitOfWork<TDb> work, long id, string note, string by)
    {
        if (LetterTable.Find(work, id) is not { } letter)
        {
            return null;
        }

        if (!letter.IsOpen)
        {
            return Ended(letter);
        }

        work.Inbox.TryMark(letter.Entry.Consumer, letter.Entry.MessageId, work.Now);
        LetterTable.End(work, id, DeadLetterStatuses.Discarded, by, note);
        return letter.Outcome(LetterResults.Discarded);
    }

    private async Task<LetterOutcome?> ReleaseBehindAsync(LetterOutcome? outcome, CancellationToken cancellationToken)
    {
        if (outcome is not { Result: LetterResults.Handled or LetterResults.Stale or LetterResults.Discarded })
        {
            return outcome;
        }

        crash?.Invoke(CrashPoint.BeforeRelease);
        return database.FindDeadLetter(outcome.Id) is { } ended
            ? outcome with { Released = await releases.ReleaseLineAsync(ended.Letter.Topic, ended.Letter.Subject, cancellationToken) }
            : outcome;
    }

    // By arrival, so that the pages fit together; within one, the order of an aggregate is that of its versions.
    private (List<DeadLetterEntry> Letters, long? Next) Choose(DeadLetterFilter? filter, long? after)
    {
        Page<DeadLetterEntry> page = database.ListDeadLetters(
            DeadLetterStatuses.Dead, filter ?? new DeadLetterFilter(), time.GetUtcNow(), after ?? 0, DeadLetterLimits.BatchMax);
        return ([.. page.Items.OrderBy(l => l.Version).ThenBy(l => l.Id)], page.Next is null ? null : page.Items[^1].Id);
    }

    private LetterOutcome WouldReplay(DeadLetterEntry letter, bool force, HashSet<long> chosen)
    {
        if (database.FindDeadAhead(letter).Where(id => !chosen.Contains(id)).Cast<long?>().FirstOrDefault() is { } ahead)
        {
            return Outcome(letter, LetterResults.Behind, Behind(ahead));
        }

        if (letter.Replays >= DeadLetterLimits.ReplaysMax && !force)
        {
            return Outcome(letter, LetterResults.Guarded, Guarded(letter.Replays));
        }

        chosen.Add(letter.Id);
        return Outcome(letter, LetterResults.WouldReplay, letter.Reason) with { Released = database.FindDeadLetter(letter.Id)?.ParkedBehind ?? 0 };
    }

    private static LetterOutcome Outcome(DeadLetterEntry letter, string result, string? detail = null) =>
        new(letter.Id, letter.MessageId, letter.Type, letter.Subject, result, detail);

    private static LetterOutcome Ended(StoredLetter letter) => letter.Outcome(
        LetterResults.Ended, $"{letter.Entry.Status} at {letter.Entry.EndedAt:yyyy-MM-dd HH:mm:ss} UTC by {letter.Entry.EndedBy}");

    private static string Behind(long ahead) => $"letter {ahead} of the same aggregate comes first: replay or discard that one";

    private static string Guarded(int replays) => $"it has been replayed {replays} times and failed each time: remove the cause, then force it, or discard it";
}
