namespace Sidecar.Hosting;

/// <summary>A question that an app must answer within <see cref="HostLimits.AppQuestion"/>.</summary>
internal static class AppQuestion
{
    /// <summary>The question as daprd puts it: with the app's id, and JSON for its content type though it has no content.</summary>
    public static HttpRequestMessage Get(Uri url, string appId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url) { Content = new ByteArrayContent([]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("dapr-app-id", appId);
        return request;
    }

    /// <summary>Asks, and reads the answer, in <paramref name="ask"/>.</summary>
    /// <exception cref="TimeoutException">The time has passed.</exception>
    public static async Task<T> AskAsync<T>(
        Uri url, Func<CancellationToken, Task<T>> ask, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(HostLimits.AppQuestion, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(both.Token);
        }
        catch (OperationCanceledException e)
            when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"the app did not answer GET {url} within {HostLimits.AppQuestion.TotalSeconds} s", e);
        }
    }
}
