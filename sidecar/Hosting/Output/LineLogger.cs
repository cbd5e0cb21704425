using System.Globalization;

namespace Sidecar.Hosting.Output;

/// <summary>Loggers whose records are one line each: <c>time level app message</c>.</summary>
internal sealed class LineLoggerProvider(string app, LogSink sink, TimeProvider time) : ILoggerProvider
{
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
