using Sidecar.Hosting;

namespace Sidecar.Bindings;

/// <summary>Asks an app whether it takes a binding's triggers: OPTIONS on the binding's path.</summary>
internal static partial class BindingQuestion
{
    /// <summary>
    /// True where the app answers 2xx, or 405: it has the path, though not that method. An app that gives no answer is asked again until it
    /// does, so that a slow start costs it nothing.
    /// </summary>
    public static async Task<bool> AskAsync(AppRuntime runtime, string path, ILogger logger, CancellationToken cancellationToken)
    {
        var url = new Uri(runtime.App.BaseAddress!, path);
        while (true)
        {
            using var limit = new CancellationTokenSource(BindingLimits.Question, runtime.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Options, url) { Content = BindingDelivery.Json(default) };
                using var response = await runtime.App.SendAsync(request, both.Token);
                return (int)response.StatusCode is (>= 200 and <= 299) or 405;
            }
            catch (Exception e) when (
                e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                LogNoAnswer(logger, url, BindingLimits.QuestionAgain.TotalSeconds);
            }
            await Task.Delay(BindingLimits.QuestionAgain, runtime.Time, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The app gave no answer to OPTIONS {Url}; it is asked again in {Seconds} s.")]
    private static partial void LogNoAnswer(ILogger logger, Uri url, double seconds);
}
