using System.Globalization;

namespace Sidecar.Hosting.Output;

/// <summary>Loggers whose records are one line each: <c>time level app message</c>.</summary>
internal sealed class LineLoggerProvider(string app, LogSink sink, TimeProvider time) : ILoggerProvider
{
    /// <summary>The loggers of one app's sidecar; of ASP.NET and .NET, warnings only.</summary>
    public static ILoggerFactory CreateFactory(string app, LogSink sink, LogLevel level, TimeProvider time) => LoggerFactory.Create(logging => logging
        .AddProvider(new LineLoggerProvider(app, sink, time))
        .SetMinimumLevel(level)
        .AddFilter("Microsoft", LogLevel.Warning)
        // Where this one may log anything, ASP.NET makes an Activity for every request, which nobody here reads.
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
        .AddFilter("System", LogLevel.Warning));

    public ILogger CreateLogger(string categoryName) => new LineLogger(app, sink, time);

    public void Dispose()
    {
        // The sink is the host's.
    }

    /// <summary>Formats one line.</summary>
    public static string Format(DateTimeOffset now, LogLevel level, string app, string message, Exception? exception)
    {
        var name = level switch
        {
            LogLevel.Trace => "TRACE",
            LogLevel.Debug => "DEBUG",
            LogLevel.Information => "INFO ",
            LogLevel.Warning => "WARN ",
            LogLevel.Error => "ERROR",
            _ => "FATAL",
        };
        var at = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        var line = $"{at} {name} {app} {message}";
        line = exception is null ? line : $"{line}: {exception.GetType().Name}: {exception.Message}";
        return line.ReplaceLineEndings(" ");
    }

    private sealed class LineLogger(string app, LogSink sink, TimeProvider time) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            sink.Write(Format(time.GetUtcNow(), logLevel, app, formatter(state, exception), exception));
    }
}
