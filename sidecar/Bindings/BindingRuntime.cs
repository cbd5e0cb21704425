using Sidecar.Components;
using Sidecar.Components.Settings;
using Sidecar.Hosting;

namespace Sidecar.Bindings;

/// <summary>
/// The input bindings of one app while it is ready. The host starts one whenever the app becomes ready, and disposes it when the app is gone or
/// unhealthy: what falls due meanwhile is not made up for.
/// </summary>
internal sealed partial class BindingRuntime : IAsyncDisposable
{
    private readonly AppRuntime _runtime;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private BindingRuntime(AppRuntime runtime)
    {
        (_runtime, _logger) = (runtime, runtime.Loggers.CreateLogger<BindingRuntime>());
        _running = runtime.App.BaseAddress is null
            ? Task.CompletedTask
            : Task.WhenAll(runtime.InputBindings.Select(b => RunAsync(b.Key, b.Value)));
    }

    /// <summary>Starts to deliver the events of all bindings in scope. Disposing the result stops.</summary>
    public static IAsyncDisposable Start(AppRuntime runtime) => new BindingRuntime(runtime);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    // A binding is not worth the app's other work: whatever happens here ends in the log.
    private async Task RunAsync(string name, IInputBinding binding)
    {
        await Task.Yield();
        try
        {
            var settings = BindingSettings.Of(_runtime.Components.First(c => c.Name == name));
            if (!settings.IsExplicit && !await BindingQuestion.AskAsync(_runtime, settings.Path, _logger, _stop.Token))
            {
                LogNotWanted(_logger, name, settings.Path);
                return;
            }
            LogStarted(_logger, name, settings.Path);
            await ReadAsync(binding, new BindingDelivery(_runtime, name, settings.Path, _logger));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The app is gone, or the host stops.
        }
        catch (Exception e)
        {
            LogFailed(_logger, e, name);
        }
    }

    private async Task ReadAsync(IInputBinding binding, BindingDelivery delivery)
    {
        try
        {
            await binding.ReadAsync(delivery.Deliver, _stop.Token);
        }
        finally
        {
            await delivery.StopAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "binding {Binding} triggers POST {Path}")]
    private static partial void LogStarted(ILogger logger, string binding, string path);

    [LoggerMessage(Level = LogLevel.Information, Message = "binding {Binding}: the app has no {Path} and gets no triggers")]
    private static partial void LogNotWanted(ILogger logger, string binding, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "binding {Binding} has failed; it triggers nothing until the app is ready again")]
    private static partial void LogFailed(ILogger logger, Exception exception, string binding);
}
