namespace Sidecar.Hosting;

/// <summary>
/// Follows one app through its life: waits for its port, asks for its configuration, waits until it is healthy, then
/// keeps its subscriptions running until it is gone or unhealthy, and begins again. It starts and restarts nothing
/// itself.
/// </summary>
/// <param name="channel">The way to the app; its readiness is set here.</param>
/// <param name="health">Probes.</param>
/// <param name="subscribe">Asks the app for its subscriptions and starts deliveries; disposing the result stops
/// them.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
internal sealed partial class AppMonitor(
    AppChannel channel,
    AppHealth health,
    Func<CancellationToken, Task<IAsyncDisposable>> subscribe,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan PortPoll = TimeSpan.FromMilliseconds(50);
    private readonly TaskCompletionSource _firstReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _alive = new();

    /// <summary>Completes when the app was ready and subscribed for the first time.</summary>
    public Task FirstReady => _firstReady.Task;

    /// <summary>The app's process has ended: it is down at once, without waiting for a probe to say so.</summary>
    public void ReportExit()
    {
        channel.SetReady(false);
        Volatile.Read(ref _alive).Cancel();
    }

    /// <summary>Runs until cancelled; deliveries have stopped when it returns.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (channel.BaseAddress is null)
        {
            _firstReady.TrySetResult();
            return;
        }

        try
        {
            while (true)
            {
                LogWaiting(logger, channel.BaseAddress.Port);
                await WaitUntilAsync(health.IsPortOpenAsync, PortPoll, cancellationToken);
                await RunOnceAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            channel.SetReady(false);
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        // Never disposed: ReportExit may hold it for a moment longer, and it has no timer.
        var alive = new CancellationTokenSource();
        Volatile.Write(ref _alive, alive);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(alive.Token, cancellationToken);
        try
        {
            await AskConfigurationAsync(both.Token);
            // An app that starts is waited for eagerly; one that was healthy is probed as often as it asked for.
            await WaitUntilAsync(health.ProbeAsync, _firstReady.Task.IsCompleted ? health.Interval : PortPoll, both.Token);
            channel.SetReady(true);
            await using (await subscribe(both.Token))
            {
                LogReady(logger);
                _firstReady.TrySetResult();
                await UntilUnhealthyAsync(both.Token);
                channel.SetReady(false);
            }
        }
        catch (OperationCanceledException) when (
            alive.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            channel.SetReady(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // This is the edge: the app went away or answered nonsense while it was asked, or a broker failed. Begin
            // again.
            channel.SetReady(false);
            LogNotSubscribed(logger, e);
            await Task.Delay(health.Interval, time, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _alive, new CancellationTokenSource());
        }
    }

    // Dapr asks for actor settings here. There are no actors in this sidecar; apps may still count on being asked.
    private async Task AskConfigurationAsync(CancellationToken cancellationToken)
    {
        var url = new Uri(channel.BaseAddress!, "/dapr/config");
        using var request = AppQuestion.Get(url, channel.AppId);
        using var response = await AppQuestion.AskAsync(
            url, token => channel.SendAsync(request, token), time, cancellationToken);
    }

    private async Task UntilUnhealthyAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (failures < health.Threshold)
        {
            await Task.Delay(health.Interval, time, cancellationToken);
            failures = await health.ProbeAsync(cancellationToken) ? 0 : failures + 1;
        }

        LogUnhealthy(logger, failures);
    }

    private async Task WaitUntilAsync(
        Func<CancellationToken, Task<bool>> condition, TimeSpan pause, CancellationToken cancellationToken)
    {
        while (!await condition(cancellationToken))
        {
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "waiting for the app on port {Port}")]
    private static partial void LogWaiting(ILogger logger, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "app ready")]
    private static partial void LogReady(ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "app is unhealthy after {Failures} failed probes: deliveries stop")]
    private static partial void LogUnhealthy(ILogger logger, int failures);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the app's configuration or subscriptions could not be read; it is asked again")]
    private static partial void LogNotSubscribed(ILogger logger, Exception exception);
}
