using System.Text.Json;

namespace Consistency.DeadLetters;

/// <summary>Why a message could not be handled, as it is kept: type and message of the error that started it, on one line, bounded.</summary>
public static class FailureReason
{
    /// <summary>For a letter of which no attempt was seen: it was given up before it came here, or this process died at each attempt.</summary>
    public const string NeverReached = "unknown: never reached this service";

    /// <summary>The reason that an error gives. No stack trace: that is in the log, and may show what does not belong into an answer.</summary>
    public static string Of(Exception error)
    {
        // What wraps it (a failed save, for example) only says that something inside it failed.
        var cause = error is PoisonException ? error : error.GetBaseException();
        return cause is PoisonException ? Bounded(cause.Message) : Bounded($"{cause.GetType().Name}: {cause.Message}");
    }

    /// <summary>True where no later attempt can do better. JSON that cannot be read stays so.</summary>
    public static bool IsPermanent(Exception error) => error is PoisonException or JsonException;

    private static string Bounded(string text)
    {
        var line = string.Create(Math.Min(text.Length, DeadLetterLimits.ReasonCharsMax), text, static (span, all) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(all[i]) ? ' ' : all[i];
            }
        });

        // Half of a surrogate pair is no text.
        return line.Length > 0 && char.IsHighSurrogate(line[^1]) ? line[..^1] : line;
    }
}
