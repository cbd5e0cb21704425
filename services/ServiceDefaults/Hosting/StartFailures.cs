using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Hosting;

/// <summary>What keeps an app from starting is one line on standard error and exit code 1, not a stack trace.</summary>
internal static class StartFailures
{
    private static int registered;
    private static volatile bool started;

    /// <summary>Watches the process until the app has started; from then on an unhandled exception is a defect and shows all it knows.</summary>
    public static void ShowAsOneLine(this WebApplicationBuilder builder, string appId)
    {
        // The host would log the exception, stack trace and all, before it is shown below.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started && level >= LogLevel.Warning);
        builder.Services.AddHostedService<StartWatch>();
        if (Interlocked.Exchange(ref registered, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += (_, failure) => Show(appId, failure.ExceptionObject as Exception);
        }
    }

    private static void Show(string appId, Exception? failure)
    {
        if (started || failure is not (InvalidOperationException or IOException or UnauthorizedAccessException or ArgumentException or FormatException))
        {
            return;
        }

        var kind = failure is InvalidOperationException ? "" : $"{failure.GetType().Name}: ";
        Console.Error.WriteLine($"{appId}: {kind}{failure.Message}".ReplaceLineEndings(" "));
        Environment.Exit(1);
    }

    private sealed class StartWatch(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(() => started = true);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
