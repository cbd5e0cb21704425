using System.ComponentModel;
using System.Diagnostics;
using Sidecar.Hosting.RunFiles;

namespace Sidecar.Hosting.Processes;

/// <summary>A running app: the process that its command started, and everything that process started in turn.</summary>
internal sealed class AppProcess : IDisposable
{
    private readonly Process _process;
    private readonly ProcessGuard _guard;

    // The id of a group lives as long as a member does; without one it may soon be somebody else's.
    private volatile bool _isGone;

    private AppProcess(Process process, ProcessGuard guard, Task reading)
    {
        _process = process;
        _guard = guard;
        Id = process.Id;
        Exited = ExitAsync(reading);
    }

    /// <summary>The app's process id, which is also the id of its group.</summary>
    public int Id { get; }

    /// <summary>
    /// The exit code, once the app has ended and its output is read; 128 plus the signal where one ended it.
    /// </summary>
    public Task<int> Exited { get; }

    /// <summary>Starts the app's command.</summary>
    /// <param name="spec">The app; its command is not empty.</param>
    /// <param name="environment">What is set besides this process's own environment.</param>
    /// <param name="output">Gets each line of standard output and error.</param>
    /// <param name="guard">Kills the app should this process be killed.</param>
    public static AppProcess Start(
        AppSpec spec, IEnumerable<KeyValuePair<string, string>> environment, Action<string> output, ProcessGuard guard)
    {
        var (program, arguments) = OperatingSystem.IsWindows()
            ? (spec.Command[0], spec.Command.Skip(1))
            : ThroughExecMode(spec.Command);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = spec.Directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Begin(start, spec.AppId);
        guard.Add(process.Id);
        process.StandardInput.Close();
        var reading = Task.WhenAll(PumpAsync(process.StandardOutput, output), PumpAsync(process.StandardError, output));
        return new AppProcess(process, guard, reading);
    }

    /// <summary>Asks the app to stop (SIGTERM to its group; on Windows, which has no such request, kills it).</summary>
    public void RequestStop()
    {
        if (OperatingSystem.IsWindows())
        {
            Kill();
        }
        else if (!_isGone && !Unix.KillGroup(Id, Unix.SigTerm))
        {
            _ = Unix.Kill(Id, Unix.SigTerm); // It has not made its group yet.
        }
    }

    /// <summary>Kills what is left of the app.</summary>
    public void Kill()
    {
        if (OperatingSystem.IsWindows())
        {
            _process.Kill(entireProcessTree: true);
        }
        else if (!_isGone)
        {
            _ = Unix.KillGroup(Id, Unix.SigKill);
            _process.Kill(); // It may not have made its group yet.
        }
    }

    public void Dispose()
    {
        _guard.Remove(Id);
        _process.Dispose();
    }

    private static Process Begin(ProcessStartInfo start, string appId)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new StartupException(
                $"{appId} command: cannot be started in '{start.WorkingDirectory}': {e.Message.TrimEnd('.')}. "
                + "Correct command or appDirPath.");
        }
    }

    private static (string Program, IEnumerable<string> Arguments) ThroughExecMode(IReadOnlyList<string> command)
    {
        var assembly = typeof(AppProcess).Assembly.Location;
        var own = Environment.ProcessPath ?? string.Empty;
        var executable = Path.ChangeExtension(assembly, null);
        string[] mode = [ExecMode.Name, $"{Environment.ProcessId}", "--"];
        return Path.GetFileNameWithoutExtension(own) == "dotnet" || !File.Exists(executable)
            ? (Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet", [assembly, .. mode, .. command])
            : (executable, [.. mode, .. command]);
    }

    private async Task<int> ExitAsync(Task reading)
    {
        await _process.WaitForExitAsync();
        if (!OperatingSystem.IsWindows() && !Unix.KillGroup(Id, 0))
        {
            _isGone = true;
            _guard.Remove(Id);
        }

        // A grandchild may hold the pipes open for as long as it lives; the app itself has ended all the same.
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System));
        return _process.ExitCode;
    }

    private static async Task PumpAsync(StreamReader reader, Action<string> output)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            output(line);
        }
    }
}
