using System.Text.Json;
using Sidecar.Hosting;
using Sidecar.PubSub.Delivery;
using Sidecar.Resources;

namespace Sidecar.PubSub.Subscriptions;

/// <summary>Asks an app what it subscribes to: GET /dapr/subscribe.</summary>
internal static partial class SubscribeQuestion
{
    /// <summary>
    /// The app's subscriptions; none where it answers 404. Server errors are asked again a few times, because an
    /// app may still be starting; after that, and for other answers, it has none, and the log says so.
    /// </summary>
    /// <exception cref="HttpRequestException">The app cannot be reached.</exception>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public static async Task<List<Subscription>> AskAsync(
        AppRuntime runtime, ILogger logger, CancellationToken cancellationToken)
    {
        var url = new Uri(runtime.App.BaseAddress!, "/dapr/subscribe");
        for (var attempt = 1; ; attempt++)
        {
            var (status, subscriptions) = await AppQuestion.AskAsync(
                url, token => AskOnceAsync(runtime, url, logger, token), runtime.Time, cancellationToken);
            if (status == 200)
            {
                return subscriptions;
            }
            if (status == 404)
            {
                return [];
            }
            if (status < 500 || attempt == PubSubLimits.SubscribeAttempts)
            {
                LogRefused(logger, status, url);
                return [];
            }
            await Task.Delay(TimeSpan.FromMilliseconds(PubSubLimits.SubscribeWaitMs), runtime.Time, cancellationToken);
        }
    }

    private static async Task<(int Status, List<Subscription> Subscriptions)> AskOnceAsync(
        AppRuntime runtime, Uri url, ILogger logger, CancellationToken cancellationToken)
    {
        using var request = AppQuestion.Get(url, runtime.AppId);
        using var response = await runtime.App.SendAsync(request, cancellationToken);
        if ((int)response.StatusCode != 200)
        {
            return ((int)response.StatusCode, []);
        }
        using var body =
            await LimitedBody.ReadAsync(response.Content, PubSubLimits.SubscribeBytesMax, cancellationToken);
        return (200, Parse(body is null ? [] : body.Written.Span, url, logger));
    }

    private static List<Subscription> Parse(ReadOnlySpan<byte> body, Uri url, ILogger logger)
    {
        try
        {
            return SubscribeAnswer.Parse(body, url.ToString());
        }
        catch (JsonException exception)
        {
            LogMalformed(logger, exception, url);
            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The app answered {Status} to {Url}; it gets no programmatic subscriptions.")]
    private static partial void LogRefused(ILogger logger, int status, Uri url);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The app's answer to {Url} is no list of subscriptions; it gets none.")]
    private static partial void LogMalformed(ILogger logger, Exception exception, Uri url);
}
