using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.DeadLetters;

/// <summary>
/// Handles a kept message as its delivery would, by the same handler. The inbox mark is set already.
/// </summary>
/// <param name="work">The transaction.</param>
/// <param name="type">CloudEvents type.</param>
/// <param name="envelope">The CloudEvent as JSON.</param>
/// <exception cref="PoisonException">Nobody handles that type, or the envelope is malformed.</exception>
public delegate void LetterHandling<TDb>(UnitOfWork<TDb> work, string type, string envelope)
    where TDb : DbContext;

/// <summary>Handles a kept message once.</summary>
internal static class LetterHandlings
{
    /// <summary>Marks and handles it. False where it had no effect: it, or something newer, is known already.</summary>
    public static bool HandleOnce<TDb>(this LetterHandling<TDb> handle, UnitOfWork<TDb> work, StoredLetter letter)
        where TDb : DbContext
    {
        if (!work.Inbox.TryMark(letter.Entry.Consumer, letter.Entry.MessageId, work.Now))
        {
            return false;
        }

        return work.TakesEffect(() => handle(work, letter.Entry.Type, letter.Envelope));
    }
}
