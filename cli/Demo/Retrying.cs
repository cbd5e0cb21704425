using Cli.Gateway;

namespace Cli.Demo;

/// <summary>
/// Repeats a request until its outcome is known. Safe, because every repetition carries the same idempotency key.
/// </summary>
internal static class Retrying
{
    /// <summary>
    /// The first answer that is no 5xx, 409 or 429; the last one after too many attempts; null where none came at all.
    /// </summary>
    public static async Task<Answer<T>?> SendAsync<T>(
        Func<Task<Answer<T>>> request, TimeProvider time, CancellationToken cancellation)
        where T : class
    {
        Answer<T>? last = null;
        for (var attempt = 1; attempt <= Limits.AttemptsMax; attempt++)
        {
            try
            {
                last = await request();
                if (last.Status is < 500 and not 409 and not 429)
                {
                    return last;
                }
            }
            catch (GatewayException)
            {
                // The outcome is unknown: the request may have arrived, or not. Asking again with the same key tells.
            }

            await Task.Delay(Limits.Poll * (1 << attempt), time, cancellation);
        }

        return last;
    }
}
