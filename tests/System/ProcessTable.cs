using System.Diagnostics;
using System.Text;

namespace Tests.System;

/// <summary>A process of a run, found in /proc: which program, and with what it was started.</summary>
internal sealed record RunningApp(int Id, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment, string Directory)
{
    /// <summary>Kills it as kill -9 does: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        using var process = Process.GetProcessById(Id);
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Starts it again by hand, as an operator would.</summary>
    public Process StartAgain()
    {
        var start = new ProcessStartInfo(Command[0]) { WorkingDirectory = Directory, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        foreach (var argument in Command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}

/// <summary>Processes of a run, by the data directory that all of them inherit. Linux only.</summary>
internal static class ProcessTable
{
    public static bool IsAvailable => Directory.Exists("/proc/self");

    /// <summary>Processes of the run that run <paramref name="program"/>; all of the run where it is null.</summary>
    public static IReadOnlyList<RunningApp> Find(string dataDirectory, string? program = null) =>
        [.. Directory.GetDirectories("/proc").Select(d => Read(d, dataDirectory, program)).OfType<RunningApp>()];

    private static RunningApp? Read(string directory, string dataDirectory, string? program)
    {
        if (!int.TryParse(Path.GetFileName(directory), out var id) || id == Environment.ProcessId)
        {
            return null;
        }

        try
        {
            var command = Split(Path.Combine(directory, "cmdline"));
            var environment = Split(Path.Combine(directory, "environ"))
                .Select(e => e.Split('=', 2))
                .Where(e => e.Length == 2)
                .DistinctBy(e => e[0])
                .ToDictionary(e => e[0], e => e[1], StringComparer.Ordinal);
            var isOurs = environment.GetValueOrDefault("DATA_DIR") == dataDirectory && command.Count > 0
                && (program is null || command.Any(a => Path.GetFileName(a) == program) && Path.GetFileName(command[0]) == "dotnet");
            return isOurs
                ? new RunningApp(id, command, environment, new FileInfo(Path.Combine(directory, "cwd")).ResolveLinkTarget(returnFinalTarget: true)!.FullName)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or belongs to somebody else.
            return null;
        }
    }

    private static List<string> Split(string path) =>
        [.. Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\0', StringSplitOptions.RemoveEmptyEntries)];
}
