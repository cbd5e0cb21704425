using Sidecar.Hosting.RunFiles;

namespace Sidecar.Hosting.Output;

/// <summary>
/// Where one app's lines go: to the console, to a file, or both. Files stand where the Dapr CLI puts them:
/// <c>.dapr/logs/APPID_KIND_TIME.log</c> in the app's directory; instances from the second on have their number behind the id.
/// </summary>
internal sealed class LogSink : IDisposable
{
    private readonly LineWriter? _console;
    private readonly string _prefix;
    private readonly StreamWriter? _file;
    private readonly Lock _gate = new();

    /// <summary>Opens the sink.</summary>
    /// <param name="spec">The app.</param>
    /// <param name="kind"><c>app</c> or <c>daprd</c>: the middle part of the file's name.</param>
    /// <param name="destination">Where lines go.</param>
    /// <param name="console">The shared console.</param>
    /// <param name="prefix">Put before each line on the console.</param>
    /// <param name="time">For the file's name.</param>
    /// <exception cref="StartupException">The file cannot be made.</exception>
    public LogSink(
        AppSpec spec, string kind, LogDestination destination, LineWriter console, string prefix, TimeProvider time)
    {
        _prefix = prefix;
        _console = destination.HasFlag(LogDestination.Console) ? console : null;
        if (destination.HasFlag(LogDestination.File))
        {
            var directory = Path.Combine(spec.Directory, ".dapr", "logs");
            var name = $"{spec.Name}_{kind}_{time.GetUtcNow():yyyyMMddHHmmss}.log";
            try
            {
                Directory.CreateDirectory(directory);
                _file = new StreamWriter(Path.Combine(directory, name)) { AutoFlush = true };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StartupException(
                    $"{spec.AppId} {kind}LogDestination: log files cannot be written in '{directory}': "
                    + $"{e.Message.TrimEnd('.')}. Make the directory writable, or write {kind}LogDestination: console.");
            }
        }
    }

    public void Write(string line)
    {
        _console?.Write(_prefix + line);
        if (_file is not null)
        {
            lock (_gate)
            {
                _file.WriteLine(line);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
        }
    }
}
